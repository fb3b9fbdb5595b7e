// Client, the class to derive from. Every method is a thin call on the layer below; no socket is touched here.
//
//     class Talker : public network::Client {
//         void on_connect() override { send("hello\n", 6); }
//     };
//
//     Talker talker;
//     talker.make_client_adapter();
//     if (talker.connect("localhost", 8000))
//         while (talker.is_connected()) { talker.tick(); ... the rest of the frame ... }
#pragma once

#include "handle_owner.h"
#include "network_client.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace network {

/// A connection to one server, driven by its host's frame loop: everything but connecting happens inside `tick`, on the
/// caller's thread. Until it has a handle, `is_connected` and `send` give false, and `tick` and `close` do nothing.
///
/// Destroying the object ends the connection and calls nothing back; a callback of its own may do that.
class Client : public HandleOwner<NetworkClient> {
public:
    /// Makes the handle. Opens nothing.
    void make_client_adapter();

    /// Connects within the time: the one call that waits. True after `on_connect`; false, after `on_error`, when there
    /// is no connection. Throws NoHandle and BadTimeout.
    bool connect(const std::string &host, int port, std::chrono::milliseconds timeout = std::chrono::seconds(5));

    bool is_connected() const noexcept;

    /// Once a frame: sends, delivers, notices the departure. Throws what a callback throws.
    void tick();

    /// Sends the first `size` bytes of the data. False, after `on_error`, when nothing of it is sent. Throws BadSize.
    bool send(std::string_view data, std::int64_t size);

    /// Ends the connection and calls nothing back; `connect` may follow. What was accepted to be sent is still sent on
    /// by ticks.
    void close() noexcept;
};

} // namespace network
