// Server, the class to derive from. Every method is a thin call on the layer below; no socket is touched here.
//
//     class Echo : public network::Server {
//         void on_data(std::string_view bytes) override { send(bytes, std::int64_t(bytes.size())); }
//     };
//
//     Echo echo;
//     echo.make_server_adapter();
//     if (echo.init(8000))
//         for (;;) { echo.tick(); ... the rest of the frame ... }
#pragma once

#include "handle_owner.h"
#include "network_server.h"

#include <cstdint>
#include <string_view>

namespace network {

/// A server for one client at a time, driven by its host's frame loop: everything happens inside `tick`, on the
/// caller's thread. Until it has a handle, queries and `send` give false and ticks do nothing.
///
/// Destroying the object closes client and port and calls nothing back; a callback of its own may do that.
class Server : public HandleOwner<NetworkServer> {
public:
    /// Makes the handle. Opens nothing.
    void make_server_adapter();

    /// Listens on a port, 1 to 65535. False, after `on_error`, when that cannot be. Throws NoHandle.
    bool init(int port);

    bool has_session() const noexcept;
    bool is_open() const noexcept;
    bool is_connected() const noexcept;

    /// Once a frame: takes a client, sends, delivers, notices departures. Throws what a callback throws.
    void tick();

    /// Sends the first `size` bytes of the data. False, after `on_error`, when nothing of it is sent. Throws BadSize.
    bool send(std::string_view data, std::int64_t size);

    /// Moves the handle out of the object and into the orphan, for a reload. Throws NoHandle and FullOrphan.
    void save(Handle &shared_orphan);

    /// Moves the handle out of the orphan and into the object, and closes the one that is there. Throws EmptyOrphan.
    void restore(Handle &shared_orphan);
};

} // namespace network
