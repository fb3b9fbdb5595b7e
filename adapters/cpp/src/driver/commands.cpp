// The commands of the protocol; commands.h says more.
#include "commands.h"

#include "../network/low_level.h"
#include "arguments.h"
#include "outcome.h"
#include "process.h"
#include "reactions.h"
#include "words.h"

#include <algorithm>
#include <functional>
#include <map>
#include <string>

namespace driver {

namespace {

// How many arguments there are, and what is done with them, down to the words of the outcome.
struct Command {
    std::size_t least, most;
    std::function<std::string(const Arguments &)> carry_out;
};

template <class Call>
Command command(std::size_t least, std::size_t most, Call call)
{
    return {least, most, [call](const Arguments &arguments) { return outcome_of([&] { return call(arguments); }); }};
}

template <class Call>
Command command(std::size_t count, Call call)
{
    return command(count, count, call);
}

// The object may be destroyed by a tick, which refuses the next one.
void tick_often(const Arguments &a)
{
    for (std::int64_t i = 0; i < a.number(1); i++)
        a.server(0).tick();
}

void reload_often(const Arguments &a)
{
    for (std::int64_t i = 0; i < a.number(2); i++) {
        a.server(0).save(a.orphan(1));
        a.server(0).restore(a.orphan(1));
    }
}

bool send_reused(const Arguments &a)
{
    std::string buffer = a.buffer(1);
    const bool sent = a.server(0).send(buffer, a.number(3));
    std::fill(buffer.begin(), buffer.end(), '\0'); // as a program does that uses its buffer again
    return sent;
}

bool make_server(Entry *entry)
{
    if (entry == nullptr)
        throw Unsupported(); // a reference to no object cannot be written
    if (Plain *plain = entry->plain())
        return network::make_server(*plain);
    return network::make_server(entry->server());
}

void server_restore(const network::Handle &handle, Entry &target)
{
    if (Plain *plain = target.plain())
        network::server_restore(handle, *plain);
    else
        network::server_restore(handle, target.server());
}

void forget(Registry &registry)
{
    registry.clear();
    end_child();
}

void or_mistaken(bool done, const char *why)
{
    if (!done)
        throw WrongCommand(why);
}

using A = const Arguments &;

// `kept` is left out: the bytes of a data callback are lent to it.
const std::map<std::string, Command, std::less<>> commands{
    {"new", command(2, [](A a) { a.registry().make(a.number(0), a.number(1)); })},
    {"reset", command(0, [](A a) { forget(a.registry()); })},
    {"bye", command(0, [](A a) { forget(a.registry()); })},
    {"adapter", command(1, [](A a) { a.server(0).make_server_adapter(); })},
    {"init", command(2, [](A a) { return a.server(0).init(a.port(1)); })},
    {"has_session", command(1, [](A a) { return a.server(0).has_session(); })},
    {"is_open", command(1, [](A a) { return a.server(0).is_open(); })},
    {"is_connected", command(1, [](A a) { return a.server(0).is_connected(); })},
    {"tick", command(1, [](A a) { a.server(0).tick(); })},
    {"send", command(4, [](A a) { return a.server(0).send(a.buffer(1), a.number(3)); })},
    {"save", command(2, [](A a) { a.server(0).save(a.orphan(1)); })},
    {"restore", command(2, [](A a) { a.server(0).restore(a.orphan(1)); })},
    {"holds", command(1, [](A a) { return a.orphan(0) != nullptr; })},
    {"destroy", command(1, [](A a) { a.object(0).destroy(); })},
    {"react", command(3, 4, [](A a) { react(a); })},
    {"ticks", command(2, [](A a) { tick_often(a); })},
    {"reloads", command(3, [](A a) { reload_often(a); })},
    {"send_reused", command(4, [](A a) { return send_reused(a); })},
    {"memory", command(0, [](A) { return memory_in_use(); })},
    {"threads", command(0, [](A) { return count_threads(); })},
    {"child", command(0, [](A) { or_mistaken(start_child(), "no child process can be started, or there is one"); })},
    {"reap", command(0, [](A) { or_mistaken(end_child(), "there is no child process"); })},
    {"descriptors", command(0, [](A) { return count_descriptors(); })},
    {"make_server", command(1, [](A a) { return make_server(a.number(0) == 0 ? nullptr : &a.object(0)); })},
    {"server_init", command(2, [](A a) { return network::server_init(a.handle(0), a.port(1)); })},
    {"server_is_open", command(1, [](A a) { return network::server_is_open(a.handle(0)); })},
    {"server_is_connected", command(1, [](A a) { return network::server_is_connected(a.handle(0)); })},
    {"server_tick", command(1, [](A a) { network::server_tick(a.handle(0)); })},
    {"server_send", command(4, [](A a) { return network::server_send(a.handle(0), a.buffer(1), a.number(3)); })},
    {"server_restore", command(2, [](A a) { server_restore(a.handle(0), a.object(1)); })},
};

} // namespace

std::string carry_out(Registry &registry, std::string_view name, std::vector<std::string_view> words)
{
    const auto found = commands.find(name);
    if (found == commands.end())
        return "unsupported";
    const Command &command = found->second;
    if (words.size() < command.least || words.size() > command.most)
        return outcome_of([] { throw WrongCommand("too few or too many arguments"); });
    return command.carry_out(Arguments(registry, std::move(words)));
}

} // namespace driver
