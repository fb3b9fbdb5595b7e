// The listening socket: opening a port, and taking whoever waits there.
#pragma once

#include "socket.h"

#include <cstdint>
#include <optional>

namespace network {

/// A port of this machine that clients can connect to, from construction to destruction.
class Listener {
public:
    /// Listens on loopback (NETWORK_ADDRESS at build time says otherwise), on a port from 1 up. Throws
    /// std::system_error.
    explicit Listener(std::uint16_t port);

    /// The client that waits longest, or nothing while none does. Throws std::system_error when one waits and cannot
    /// be taken: it goes on waiting.
    std::optional<Socket> accept();

private:
    Socket socket_;
};

} // namespace network
