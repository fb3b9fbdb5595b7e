// The handle of a server: a listener, and at most one client. Touches no socket itself.
#pragma once

#include "conversation.h"
#include "listener.h"

#include <memory>
#include <optional>

namespace network {

/// The handle. It outlives the objects that it passes through; destroying it closes client and port.
///
/// How it works. No socket ever waits, so a tick simply tries what it is there for: accept while there is no client,
/// receive while there is one; "not now" is an answer like others, and an idle tick is one call of the system. What a
/// client sends stays in the system until a tick receives it, and a second client stays in the listen queue until the
/// first has left. So a handle holds nothing that a reload could lose but the bytes that wait to be sent.
class NetworkServer : public Conversation {
public:
    NetworkServer() : Conversation("client") {}

    bool is_open() const noexcept { return listener_.has_value(); }

    // The documented functions on a handle; low_level.h says what they promise.
    bool init(int port);
    void tick();

    /// What destroying it does, while somebody still holds it. Calls nothing back.
    void end() noexcept;

private:
    // False: the tick is done.
    bool take_client();

    std::optional<Listener> listener_;
    bool accept_failed_ = false; // and it was reported
};

/// Who holds one keeps the handle alive. Null is the null handle.
using Handle = std::shared_ptr<NetworkServer>;

} // namespace network
