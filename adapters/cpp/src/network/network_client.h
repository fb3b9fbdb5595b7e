// The handle of a client: how it comes to its connection, and how it ends it. Touches no socket itself.
#pragma once

#include "conversation.h"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace network {

/// The handle. Destroying it closes its connection.
///
/// A connection that is closed with bytes still to be sent leaves for a list of its own: ticks send the rest and end
/// it, while the handle may have another connection already.
class NetworkClient : public Conversation {
public:
    NetworkClient() : Conversation("server") {}

    // The documented functions on a handle; low_level_client.h says what they promise.
    bool connect(const std::string &host, int port, std::chrono::milliseconds timeout);
    void tick();
    void close() noexcept;

    /// What destroying it does, while somebody still holds it. Calls nothing back.
    void end() noexcept;

private:
    std::vector<std::unique_ptr<Connection>> leaving_;
};

/// Who holds one keeps the handle alive. Null is the null handle.
using ClientHandle = std::shared_ptr<NetworkClient>;

} // namespace network
