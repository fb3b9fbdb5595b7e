// The handle of a client; network_client.h says more.
#include "network_client.h"

#include "errors.h"
#include "reach.h"

#include <algorithm>
#include <limits>
#include <new>
#include <optional>
#include <system_error>
#include <utility>

namespace network {

bool NetworkClient::connect(const std::string &host, int port, std::chrono::milliseconds timeout)
{
    if (timeout.count() < 0)
        throw BadTimeout(timeout.count());
    const std::string what = "cannot connect to " + host + " port " + std::to_string(port);
    if (connection_)
        return report(what + " as well", std::make_error_code(std::errc::already_connected));
    // Cut to 16 bits a wrong number would lead to some other port.
    if (port < 1 || port > std::numeric_limits<std::uint16_t>::max())
        return report(what + ", which does not exist", std::make_error_code(std::errc::invalid_argument));
    std::optional<Socket> socket;
    try {
        socket = reach(host, static_cast<std::uint16_t>(port), timeout);
    } catch (const std::system_error &error) {
        return report(what, error.code());
    }
    welcome(*std::move(socket), "connected to the server");
    return true;
}

void NetworkClient::tick()
{
    if (ticking_)
        return;
    const auto is_done = [](const std::unique_ptr<Connection> &left) { return left->see_off(); };
    leaving_.erase(std::remove_if(leaving_.begin(), leaving_.end(), is_done), leaving_.end());
    if (!connection_ || !has_owner())
        return;
    const Raised ticking(ticking_);
    if (flush())
        receive_all();
}

void NetworkClient::close() noexcept
{
    std::unique_ptr<Connection> closed = std::exchange(connection_, nullptr);
    if (!closed || closed->see_off())
        return;
    try {
        leaving_.reserve(leaving_.size() + 1);
    } catch (const std::bad_alloc &) {
        return;
    }
    leaving_.push_back(std::move(closed));
}

void NetworkClient::end() noexcept
{
    unbind();
    close();
    leaving_.clear();
}

} // namespace network
