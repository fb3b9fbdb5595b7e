// Low-level NetworkServer IO; low_level.h says more.
#include "low_level.h"

namespace network {

namespace {

NetworkServer &checked(const Handle &server)
{
    if (!server)
        throw NullHandle();
    return *server;
}

} // namespace

bool server_init(Handle server, int port)
{
    return checked(server).init(port);
}

bool server_is_open(Handle server)
{
    return checked(server).is_open();
}

bool server_is_connected(Handle server)
{
    return checked(server).is_connected();
}

void server_tick(Handle server)
{
    checked(server).tick();
}

bool server_send(Handle server, std::string_view data, std::int64_t size)
{
    return checked(server).send(data, size);
}

} // namespace network
