// Server, the class to derive from; server.h says more.
#include "server.h"

#include "errors.h"
#include "low_level.h"

#include <system_error>
#include <utility>

namespace network {

void Server::make_server_adapter()
{
    make_server(*this);
}

bool Server::init(int port)
{
    if (!handle())
        throw NoHandle();
    return server_init(handle(), port);
}

bool Server::has_session() const noexcept
{
    return is_connected(); // one client at a time: the session and the connection are the same thing
}

bool Server::is_open() const noexcept
{
    return handle() && handle()->is_open();
}

bool Server::is_connected() const noexcept
{
    return handle() && handle()->is_connected();
}

void Server::tick()
{
    if (handle())
        server_tick(handle());
}

bool Server::send(std::string_view data, std::int64_t size)
{
    if (handle())
        return server_send(handle(), data, size);
    on_error("nothing sent: the object has no handle", static_cast<int>(std::errc::not_connected));
    return false;
}

void Server::save(Handle &shared_orphan)
{
    if (!handle())
        throw NoHandle();
    if (shared_orphan)
        throw FullOrphan();
    handle()->unbind();
    shared_orphan = release();
}

void Server::restore(Handle &shared_orphan)
{
    if (!shared_orphan)
        throw EmptyOrphan();
    server_restore(shared_orphan, *this);
    replace(std::exchange(shared_orphan, nullptr));
}

} // namespace network
