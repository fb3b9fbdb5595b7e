// All that the suite gave a number: objects and orphans.
#pragma once

#include "entry.h"
#include "words.h"

#include <cstdint>
#include <map>
#include <string>

namespace driver {

/// Objects and orphans by their numbers. They stay at their places until `clear`.
class Registry {
public:
    explicit Registry(Output &output) : output_(output) {}

    /// Makes an object of a class. Throws WrongCommand when the number is taken or none.
    void make(std::int64_t number, std::int64_t object_class)
    {
        if (number < 1 || entries_.count(number) != 0)
            throw WrongCommand("there can be no object " + std::to_string(number) + ", or there was one before");
        entries_.try_emplace(number, output_, number, object_class);
    }

    /// Throws WrongCommand for an object that was never made.
    Entry &object(std::int64_t number)
    {
        const auto found = entries_.find(number);
        if (found == entries_.end())
            throw WrongCommand("no object " + std::to_string(number) + " was made");
        return found->second;
    }

    /// The orphan of that number, made when first named.
    network::Handle &orphan(std::int64_t number)
    {
        if (number < 1)
            throw WrongCommand("there can be no orphan " + std::to_string(number));
        return orphans_[number];
    }

    /// Destroys every object and orphan, and forgets their numbers.
    void clear()
    {
        entries_.clear();
        orphans_.clear();
    }

private:
    Output &output_;
    std::map<std::int64_t, Entry> entries_;
    std::map<std::int64_t, network::Handle> orphans_;
};

} // namespace driver
