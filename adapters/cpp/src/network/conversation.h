// What the handle of a server and that of a client share: at most one connection, and whom to call back. Touches no
// socket itself.
#pragma once

#include "callbacks.h"
#include "connection.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

namespace network {

/// A connection and the object that is told of it.
///
/// Callbacks may do anything, also destroy the object or give the handle away. Three habits make that safe:
/// - The state changes first, the callback comes last, and one change has one callback that matters. Whatever happens
///   in it, an exception included, nothing is left to be told.
/// - After a callback only the owner says whether to go on: saving and destroying clear it, which ends the tick.
/// - Whoever calls a function on a handle holds the handle until the call returns.
///
/// Words in square brackets name the clause of the documentation that a rule comes from.
class Conversation {
public:
    Conversation(const Conversation &) = delete;
    Conversation &operator=(const Conversation &) = delete;

    bool is_connected() const noexcept { return connection_ != nullptr; }
    bool send(std::string_view data, std::int64_t size);

    /// Calls that object back from now on, and no other.
    void bind(const Callbacks &owner) { owner_ = Callbacks::Reference(owner); }

    /// Calls nobody back until the next bind: ticks do nothing, so that nothing is lost.
    void unbind() noexcept { owner_ = Callbacks::Reference(); }

protected:
    // True from construction to destruction, however the scope is left.
    class Raised {
    public:
        explicit Raised(bool &flag) : flag_(flag) { flag_ = true; }
        Raised(const Raised &) = delete;
        Raised &operator=(const Raised &) = delete;
        ~Raised() { flag_ = false; }

    private:
        bool &flag_;
    };

    // Who is at the other end, for messages: "client" or "server".
    explicit Conversation(const char *peer) : peer_(peer) {}
    ~Conversation() = default;

    bool has_owner() const noexcept { return owner_.get() != nullptr; }

    // Takes a connection and tells of it.
    void welcome(Socket socket, const std::string &message);

    // Passes on what waits to be sent. False after a failure, which was reported.
    bool flush();

    // Delivers what came, and notices a departure.
    void receive_all();

    // The error callback; gives the "false" that its callers return.
    bool report(const std::string &what, const std::error_code &reason);

    std::unique_ptr<Connection> connection_;
    bool ticking_ = false;

private:
    bool receive();
    bool departure(const std::error_code &reason);
    void log(const std::string &message);

    const char *peer_;
    Callbacks::Reference owner_;
    Connection::Chunk chunk_; // here and not in the connection, which a data callback may end while it reads the bytes
};

} // namespace network
