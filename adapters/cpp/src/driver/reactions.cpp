// What an object is told to do inside its callbacks; reactions.h says more.
#include "reactions.h"

#include "outcome.h"

#include <algorithm>
#include <array>

namespace driver {

namespace {

bool is_callback(std::string_view name)
{
    static constexpr std::array<std::string_view, 5> names{"connect", "disconnect", "data", "error", "log"};
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool send_all(Entry &entry, std::string_view bytes)
{
    return entry.server().send(bytes, static_cast<std::int64_t>(bytes.size()));
}

// A reaction of that name, which makes a call.
template <class Call>
Reaction making(std::string name, Call call)
{
    return {std::move(name), [call](std::string_view data) { return outcome_of([&]() { return call(data); }); }};
}

Reaction read_reaction(const std::string &action, Entry &entry, Registry &registry, Arguments &rest)
{
    if (action == "send")
        return making(action, [&entry, bytes = bytes_of(rest.word())](std::string_view) { return send_all(entry, bytes); });
    if (action == "echo")
        return making(action, [&entry](std::string_view data) { return send_all(entry, data); });
    if (action == "save") {
        network::Handle &orphan = registry.orphan(number_of(rest.word()));
        return making(action, [&entry, &orphan](std::string_view) { entry.server().save(orphan); });
    }
    if (action == "tick")
        return making(action, [&entry](std::string_view) { entry.server().tick(); });
    if (action == "destroy")
        return making(action, [&entry](std::string_view) { entry.destroy(); });
    if (action == "query")
        return making(action, [&entry](std::string_view) {
            const network::Server &server = entry.server();
            return Answers{server.has_session(), server.is_open(), server.is_connected()};
        });
    if (action == "raise")
        return {action, nullptr};
    throw WrongCommand("there is no action " + action);
}

} // namespace

void react(Entry &entry, Registry &registry, Arguments &rest)
{
    const std::string callback(rest.word()), action(rest.word());
    if (!is_callback(callback))
        throw WrongCommand(callback + " is no callback");
    if (action == "none")
        entry.forget_reaction(callback);
    else
        entry.react(callback, read_reaction(action, entry, registry, rest));
    rest.end();
}

} // namespace driver
