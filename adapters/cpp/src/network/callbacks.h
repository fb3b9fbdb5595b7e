// What a server tells its host: the five callbacks, and how a handle knows whether their object still lives.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace network {

/// Whom a handle calls back. Each callback may be overridden, and by default does nothing. Everything may be called
/// inside one, and it may destroy its own object, which it must not touch afterwards. An exception that leaves one
/// comes out of the call that led to it, and the server goes on.
class Callbacks {
public:
    class Reference;

    Callbacks() = default;
    Callbacks(const Callbacks &) = delete; // handles know the object by its place
    Callbacks &operator=(const Callbacks &) = delete;
    virtual ~Callbacks() { *place_ = nullptr; }

    /// A client was taken.
    virtual void on_connect() {}

    /// The client left. All that it sent was given to `on_data` before.
    virtual void on_disconnect() {}

    /// The client sent bytes, at least one. They are valid until the callback returns.
    virtual void on_data(std::string_view /*bytes*/) {}

    /// Something failed: what and why, with the system's number of the reason.
    virtual void on_error(const std::string & /*message*/, int /*code*/) {}

    /// For a reader of logs, and nobody else.
    virtual void on_log(const std::string & /*message*/) {}

private:
    // Where the object is, for all who refer to it; null once it is gone.
    std::shared_ptr<Callbacks *> place_ = std::make_shared<Callbacks *>(this);
};

/// Refers to an object without keeping it alive, and knows when it is gone. By default it refers to none.
///
/// (A std::weak_ptr would ask of the host that its objects are shared, and keep them alive through a callback in which
/// they are to end.)
class Callbacks::Reference {
public:
    Reference() = default;
    explicit Reference(const Callbacks &object) : place_(object.place_) {}

    /// The object, or null when there is none any more. Ask again after every callback.
    Callbacks *get() const noexcept { return place_ ? *place_ : nullptr; }

private:
    std::shared_ptr<Callbacks *> place_;
};

} // namespace network
