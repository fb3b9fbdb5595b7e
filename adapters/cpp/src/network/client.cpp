// Client, the class to derive from; client.h says more.
#include "client.h"

#include "errors.h"
#include "low_level_client.h"

#include <system_error>

namespace network {

void Client::make_client_adapter()
{
    make_client(*this);
}

bool Client::connect(const std::string &host, int port, std::chrono::milliseconds timeout)
{
    if (!handle())
        throw NoHandle();
    return client_connect(handle(), host, port, timeout);
}

bool Client::is_connected() const noexcept
{
    return handle() && handle()->is_connected();
}

void Client::tick()
{
    if (handle())
        client_tick(handle());
}

bool Client::send(std::string_view data, std::int64_t size)
{
    if (handle())
        return client_send(handle(), data, size);
    on_error("nothing sent: the object has no handle", static_cast<int>(std::errc::not_connected));
    return false;
}

void Client::close() noexcept
{
    if (handle())
        handle()->close();
}

} // namespace network
