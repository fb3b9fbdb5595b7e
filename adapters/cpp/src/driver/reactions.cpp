// What an object is told to do inside its callbacks; reactions.h says more.
#include "reactions.h"

#include "outcome.h"
#include "words.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace driver {

namespace {

bool is_callback(std::string_view name)
{
    static constexpr std::array<std::string_view, 5> names{"connect", "disconnect", "data", "error", "log"};
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool send_all(Entry &entry, std::string_view bytes)
{
    return entry.on_either([&](auto &object) { return object.send(bytes, static_cast<std::int64_t>(bytes.size())); });
}

// A reaction of that name, which makes a call.
template <class Call>
Reaction making(std::string name, Call call)
{
    return {std::move(name), [call](std::string_view data) { return outcome_of([&]() { return call(data); }); }};
}

Reaction read_reaction(const std::string &action, const Arguments &arguments)
{
    Entry &entry = arguments.object(0);
    if (action == "send")
        return making(action, [&entry, kept = arguments.bytes(3)](std::string_view) { return send_all(entry, kept); });
    if (action == "echo")
        return making(action, [&entry](std::string_view data) { return send_all(entry, data); });
    if (action == "save")
        return making(action, [&entry, &into = arguments.orphan(3)](std::string_view) { entry.server().save(into); });
    if (action == "tick")
        return making(action, [&entry](std::string_view) { entry.on_either([](auto &object) { object.tick(); }); });
    if (action == "destroy")
        return making(action, [&entry](std::string_view) { entry.destroy(); });
    if (action == "connect")
        return making(action, [&entry](std::string_view) { return entry.connect_again(); });
    if (action == "close")
        return making(action, [&entry](std::string_view) { entry.client().close(); });
    if (action == "is_connected")
        return making(action, [&entry](std::string_view) { return entry.client().is_connected(); });
    if (action == "query")
        return making(action, [&entry](std::string_view) {
            const network::Server &server = entry.server();
            return Answers{server.has_session(), server.is_open(), server.is_connected()};
        });
    if (action == "raise" || action == "none")
        return {action, nullptr};
    throw WrongCommand("there is no action " + action);
}

} // namespace

void react(const Arguments &arguments)
{
    const std::string callback = arguments.word(1), action = arguments.word(2);
    if (!is_callback(callback))
        throw WrongCommand(callback + " is no callback");
    if (arguments.count() != (action == "send" || action == "save" ? 4U : 3U))
        throw WrongCommand("too few or too many arguments for the action " + action);
    Reaction reaction = read_reaction(action, arguments);
    if (action == "none")
        arguments.object(0).forget_reaction(callback);
    else
        arguments.object(0).react(callback, std::move(reaction));
}

} // namespace driver
