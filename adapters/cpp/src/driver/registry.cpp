// All that the suite gave a number; registry.h says more.
#include "registry.h"

#include "recorder.h"
#include "words.h"

#include <string>

namespace driver {

void Registry::make(std::int64_t number, std::int64_t object_class)
{
    if (number < 1 || entries_.count(number) != 0)
        throw WrongCommand("there can be no object " + std::to_string(number) + ", or there was one before");
    if (object_class < 0 || object_class > 6)
        throw WrongCommand("there is no class " + std::to_string(object_class));
    Entry &entry = entries_.try_emplace(number, output_, number).first->second;
    switch (object_class) {
    case 0: entry.own(std::make_unique<Plain>()); break;
    case 1: entry.own(std::make_unique<Recorder<network::Server, 'A'>>(entry)); break;
    case 2: entry.own(std::make_unique<Recorder<network::Server, 'B'>>(entry)); break;
    case 3: entry.own(std::make_unique<Silent<network::Server>>()); break;
    case 4: entry.own(std::make_unique<Recorder<network::Client, 'A'>>(entry)); break;
    case 5: entry.own(std::make_unique<Recorder<network::Client, 'B'>>(entry)); break;
    default: entry.own(std::make_unique<Silent<network::Client>>());
    }
}

Entry &Registry::object(std::int64_t number)
{
    const auto found = entries_.find(number);
    if (found == entries_.end())
        throw WrongCommand("no object " + std::to_string(number) + " was made");
    return found->second;
}

network::Handle &Registry::orphan(std::int64_t number)
{
    if (number < 1)
        throw WrongCommand("there can be no orphan " + std::to_string(number));
    return orphans_[number];
}

void Registry::clear()
{
    entries_.clear();
    orphans_.clear();
}

} // namespace driver
