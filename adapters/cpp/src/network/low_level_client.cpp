// Low-level NetworkClient IO; low_level_client.h says more.
#include "low_level_client.h"

namespace network {

namespace {

NetworkClient &checked(const ClientHandle &client)
{
    if (!client)
        throw NullHandle();
    return *client;
}

} // namespace

bool client_connect(ClientHandle client, const std::string &host, int port, std::chrono::milliseconds timeout)
{
    return checked(client).connect(host, port, timeout);
}

bool client_is_connected(ClientHandle client)
{
    return checked(client).is_connected();
}

void client_tick(ClientHandle client)
{
    checked(client).tick();
}

bool client_send(ClientHandle client, std::string_view data, std::int64_t size)
{
    return checked(client).send(data, size);
}

void client_close(ClientHandle client)
{
    checked(client).close();
}

} // namespace network
