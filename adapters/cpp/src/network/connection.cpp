// A connection; connection.h says more.
#include "connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <utility>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 // where it is missing, SO_NOSIGPIPE does the same
#endif

namespace network {

Connection::Connection(Socket socket) : socket_(std::move(socket))
{
    // Small answers, as of a debugger, must not wait for the acknowledgement of the one before. A connection that
    // turns this down is slower and no worse.
    const int on = 1;
    ::setsockopt(socket_.descriptor(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

Connection::~Connection()
{
    flush(); // for a host that says farewell and destroys
}

Connection::Received Connection::receive(Chunk &chunk)
{
    const ssize_t size = ::recv(socket_.descriptor(), chunk.data(), chunk.size(), 0);
    if (size > 0)
        return std::string_view(chunk.data(), static_cast<std::size_t>(size));
    if (size == 0)
        return Ended{};
    const std::error_code reason = last_error();
    if (is_not_now(reason))
        return NotNow{};
    return Ended{reason};
}

std::error_code Connection::flush() noexcept
{
    if (outgoing_.empty())
        return {};
    // The peer may have gone, which must be an error of this call and no signal that ends the host.
    const std::string_view rest = outgoing_.front();
    const ssize_t sent = ::send(socket_.descriptor(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
        outgoing_.drop(static_cast<std::size_t>(sent));
        return {};
    }
    const std::error_code reason = last_error();
    if (is_not_now(reason) || reason == std::errc::no_buffer_space || reason == std::errc::not_enough_memory)
        return {};
    outgoing_.clear();
    // Whatever the failure was: receiving comes to an end too, which is how the next tick finds the departure.
    ::shutdown(socket_.descriptor(), SHUT_RDWR);
    return reason;
}

bool Connection::see_off() noexcept
{
    // Closing a socket with unread bytes resets the connection, which can take away what was sent last.
    std::array<char, 4096> unread;
    for (int reads = 0; reads < 256 && ::recv(socket_.descriptor(), unread.data(), unread.size(), 0) > 0; reads++)
        continue;
    return flush() || outgoing_.empty();
}

} // namespace network
