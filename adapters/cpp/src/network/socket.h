// One descriptor of the system and who owns it. With listener and connection the only place that touches the system.
#pragma once

#include <system_error>

namespace network {

/// The owner of a socket, which closes it: there is one of each, it can be moved and not copied.
///
/// A socket never waits, is not inherited by programs that the host starts, and never raises SIGPIPE.
class Socket {
public:
    /// Takes a descriptor over and prepares it. Throws std::system_error, after closing it, when it is none (below 0)
    /// or the system turns the settings down.
    explicit Socket(int descriptor);
    Socket(Socket &&other) noexcept;
    Socket &operator=(Socket &&other) noexcept;
    ~Socket();

    /// The descriptor, for calls of the system; it stays this object's.
    int descriptor() const noexcept { return descriptor_; }

private:
    void close() noexcept;

    int descriptor_;
};

/// The system's reason for the failure of the call before.
std::error_code last_error() noexcept;

/// Whether the reason is that there is nothing to do yet: no failure, try again in a later tick.
bool is_not_now(const std::error_code &reason) noexcept;

} // namespace network
