// The commands of the protocol; commands.h says more.
#include "commands.h"

#include "../network/low_level.h"
#include "outcome.h"
#include "parameters.h"
#include "reactions.h"

#include <filesystem>
#include <map>
#include <system_error>

namespace driver {

namespace {

using network::Server;

long long count_descriptors()
{
    std::error_code error;
    const std::filesystem::directory_iterator entries("/dev/fd", error);
    if (error)
        throw Unsupported();
    return std::distance(begin(entries), end(entries)) - 1; // without the one that reads the directory
}

bool make_server(Entry &entry)
{
    if (Plain *plain = entry.plain())
        return network::make_server(*plain);
    return network::make_server(entry.server());
}

void server_restore(const HandleOf &from, Entry &target)
{
    if (Plain *plain = target.plain())
        network::server_restore(from.handle, *plain);
    else
        network::server_restore(from.handle, target.server());
}

const std::map<std::string, Command, std::less<>> &commands()
{
    using Number = std::int64_t;
    static const std::map<std::string, Command, std::less<>> table{
        {"adapter", command([](Server &server) { server.make_server_adapter(); })},
        {"init", command([](Server &server, Port port) { return server.init(port.number); })},
        {"has_session", command([](Server &server) { return server.has_session(); })},
        {"is_open", command([](Server &server) { return server.is_open(); })},
        {"is_connected", command([](Server &server) { return server.is_connected(); })},
        {"tick", command([](Server &server) { server.tick(); })},
        {"send", command([](Server &server, Buffer buffer) { return server.send(buffer.bytes, buffer.size); })},
        {"save", command([](Server &server, Orphan orphan) { server.save(orphan.handle); })},
        {"restore", command([](Server &server, Orphan orphan) { server.restore(orphan.handle); })},
        {"holds", command([](Orphan orphan) { return orphan.handle != nullptr; })},
        {"destroy", command([](Entry &entry) { entry.destroy(); })},
        {"react", command([](Entry &entry, Registry &registry, Arguments &rest) { react(entry, registry, rest); })},
        {"descriptors", command([]() { return count_descriptors(); })},
        {"make_server", command([](Entry &entry) { return make_server(entry); })},
        {"server_init", command([](HandleOf of, Port port) { return network::server_init(of.handle, port.number); })},
        {"server_is_open", command([](HandleOf of) { return network::server_is_open(of.handle); })},
        {"server_is_connected", command([](HandleOf of) { return network::server_is_connected(of.handle); })},
        {"server_tick", command([](HandleOf of) { network::server_tick(of.handle); })},
        {"server_send", command([](HandleOf of, Buffer buffer) {
             return network::server_send(of.handle, buffer.bytes, buffer.size);
         })},
        {"server_restore", command([](HandleOf from, Entry &target) { server_restore(from, target); })},
        {"new", command([](Registry &registry, Number number, Number of_class) { registry.make(number, of_class); })},
        {"reset", command([](Registry &registry) { registry.clear(); })},
        {"bye", command([](Registry &registry) { registry.clear(); })},
    };
    return table;
}

} // namespace

std::string carry_out(Registry &registry, std::string_view name, std::vector<std::string_view> arguments)
{
    const auto found = commands().find(name);
    if (found == commands().end())
        return "unsupported";
    Arguments words(std::move(arguments));
    return found->second(registry, words);
}

} // namespace driver
