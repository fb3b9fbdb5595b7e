// The handle of a server; network_server.h says more.
#include "network_server.h"

#include <limits>
#include <utility>

namespace network {

void NetworkServer::end() noexcept
{
    unbind();
    connection_.reset();
    listener_.reset();
}

bool NetworkServer::init(int port)
{
    const std::string what = "cannot listen on port " + std::to_string(port);
    if (is_open())
        return report(what + " beside the one before", std::make_error_code(std::errc::connection_already_in_progress));
    // Cut to 16 bits a wrong number would open some other port. And 0, by which the system picks one, is of no use to a
    // host that has no way to ask which.
    if (port < 1 || port > std::numeric_limits<std::uint16_t>::max())
        return report(what + ", which does not exist", std::make_error_code(std::errc::invalid_argument));
    try {
        listener_.emplace(static_cast<std::uint16_t>(port));
    } catch (const std::system_error &error) {
        return report(what, error.code());
    }
    return true;
}

void NetworkServer::tick()
{
    // Without an owner nothing is done, so that nothing is lost between save and restore [save.reload].
    if (!is_open() || !has_owner() || ticking_)
        return;
    const Raised ticking(ticking_);
    if (is_connected() ? flush() : take_client())
        receive_all();
}

bool NetworkServer::take_client()
{
    std::optional<Socket> socket;
    try {
        socket = listener_->accept();
    } catch (const std::system_error &error) {
        // Out of descriptors, say: the client keeps waiting and every tick tries again, but one report will do.
        if (accept_failed_)
            return false;
        accept_failed_ = true;
        return report("a client waits and cannot be taken yet", error.code());
    }
    accept_failed_ = false;
    if (!socket)
        return false;
    welcome(*std::move(socket), "a client was taken");
    return true;
}

} // namespace network
