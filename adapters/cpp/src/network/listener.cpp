// The listening socket; listener.h says more.
#include "listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#ifndef NETWORK_ADDRESS
#define NETWORK_ADDRESS INADDR_LOOPBACK // a debug server that is open to the network unasked lets strangers in
#endif

namespace network {

namespace {

constexpr int backlog = 128; // how many clients may wait while one is served

void require(bool succeeded)
{
    if (!succeeded)
        throw std::system_error(last_error());
}

} // namespace

Listener::Listener(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0))
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(NETWORK_ADDRESS);
    // Connections of an earlier server linger in the system and must not keep the port from its next user.
    const int on = 1;
    require(::setsockopt(socket_.descriptor(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0);
    require(::bind(socket_.descriptor(), reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0);
    require(::listen(socket_.descriptor(), backlog) == 0);
}

std::optional<Socket> Listener::accept()
{
    const int descriptor = ::accept(socket_.descriptor(), nullptr, nullptr);
    if (descriptor >= 0)
        return Socket(descriptor);
    const std::error_code reason = last_error();
    // Who gave up while it waited is nobody's client.
    if (is_not_now(reason) || reason == std::errc::connection_aborted)
        return std::nullopt;
    throw std::system_error(reason);
}

} // namespace network
