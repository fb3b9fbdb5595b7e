// The handle: a listener, at most one client, and whom to call back; what a tick does. Touches no socket itself.
#pragma once

#include "callbacks.h"
#include "connection.h"
#include "listener.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace network {

/// The handle. It outlives the objects that it passes through; destroying it closes client and port.
///
/// How it works. No socket ever waits, so a tick simply tries what it is there for: accept while there is no client,
/// receive while there is one; "not now" is an answer like others, and an idle tick is one call of the system. What a
/// client sends stays in the system until a tick receives it, and a second client stays in the listen queue until the
/// first has left. So a handle holds nothing that a reload could lose but the bytes that wait to be sent.
///
/// Callbacks may do anything, also destroy the object or give the handle away. Three habits make that safe:
/// - The state changes first, the callback comes last, and one change has one callback that matters. Whatever happens
///   in it, an exception included, nothing is left to be told.
/// - After a callback only the owner says whether to go on: saving and destroying clear it, which ends the tick.
/// - Whoever calls `init`, `tick` or `send` holds a `Handle` of its own until the call returns.
///
/// Words in square brackets name the clause of the documentation that a rule comes from.
class NetworkServer {
public:
    NetworkServer() = default;
    NetworkServer(const NetworkServer &) = delete;
    NetworkServer &operator=(const NetworkServer &) = delete;

    bool is_open() const noexcept { return listener_.has_value(); }
    bool is_connected() const noexcept { return client_.has_value(); }

    // The documented functions on a handle; low_level.h says what they promise.
    bool init(int port);
    void tick();
    bool send(std::string_view data, std::int64_t size);

    /// Calls that object back from now on, and no other.
    void bind(const Callbacks &owner) { owner_ = Callbacks::Reference(owner); }

    /// Calls nobody back until the next bind: ticks do nothing, so that nothing is lost.
    void unbind() noexcept { owner_ = Callbacks::Reference(); }

    /// What destroying it does, while somebody still holds it. Calls nothing back.
    void close() noexcept;

private:
    // The steps of a tick. False: the tick is done.
    bool take_client();
    bool flush();
    bool receive();
    bool departure(const std::error_code &reason);

    bool report(const std::string &what, const std::error_code &reason);
    void log(const std::string &message);

    Callbacks::Reference owner_;
    std::optional<Listener> listener_;
    std::optional<Connection> client_;
    Connection::Chunk chunk_; // here and not in the client, which a data callback may end while it reads the bytes
    bool ticking_ = false;
    bool accept_failed_ = false; // and it was reported
};

/// Who holds one keeps the handle alive. Null is the null handle.
using Handle = std::shared_ptr<NetworkServer>;

} // namespace network
