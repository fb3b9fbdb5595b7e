// From the name of a host to a socket that is connected to it, within a time.
#pragma once

#include "socket.h"

#include <chrono>
#include <cstdint>
#include <string>

namespace network {

/// Connects to a port, from 1 up, of a name or a literal of IPv4 or IPv6. Throws std::system_error when that cannot be
/// in this time: the reason of the last address that was tried, or that the host has none.
Socket reach(const std::string &host, std::uint16_t port, std::chrono::milliseconds timeout);

} // namespace network
