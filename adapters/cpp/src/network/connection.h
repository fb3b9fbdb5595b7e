// A connection, whoever made it: reading from it, and sending on it without ever waiting.
#pragma once

#include "outgoing_queue.h"
#include "socket.h"

#include <array>
#include <string_view>
#include <system_error>
#include <variant>

namespace network {

/// Nothing has come yet.
struct NotNow {};

/// Nothing will come any more: end of the peer's bytes when `reason` is none, else the failure of its connection.
struct Ended {
    std::error_code reason;
};

/// One peer with what waits to be sent to it: not a byte of that may reach the next one [server-class.one-client].
/// Destroying it tries once to send the rest, and closes.
class Connection {
public:
    /// The most bytes that are received at once.
    using Chunk = std::array<char, 64 * 1024>;
    using Received = std::variant<std::string_view, NotNow, Ended>;

    explicit Connection(Socket socket);
    Connection(const Connection &) = delete;
    Connection &operator=(const Connection &) = delete;
    ~Connection();

    /// Receives what has come into the chunk, of which the bytes that it gives are a part.
    Received receive(Chunk &chunk);

    /// What waits to be sent, to look at or to add to; `flush` passes it on.
    OutgoingQueue &outgoing() noexcept { return outgoing_; }

    /// Passes on what the system takes of the queue. After a failure, which it gives, the queue is empty, and
    /// receiving comes to an end.
    std::error_code flush() noexcept;

    /// After the host has closed it: passes on what the system takes, and delivers nothing. True when it can be
    /// destroyed without a loss.
    bool see_off() noexcept;

private:
    Socket socket_;
    OutgoingQueue outgoing_;
};

} // namespace network
