// The fields `_server` and `_client`: what an object must have to be given a handle. Touches nothing but the handle
// in it.
#pragma once

#include "callbacks.h"

#include <memory>
#include <utility>

namespace network {

/// An object with a field for a handle of one kind [server-class.handle-field]. It owns what is in the field: with the
/// object end its connection and its port, whoever else keeps the handle alive.
template <class Kind>
class HandleOwner : public Callbacks {
public:
    using Held = std::shared_ptr<Kind>;

    ~HandleOwner() override { replace(nullptr); }

    /// The handle in the field, null for none.
    const Held &handle() const noexcept { return held_; }

    /// Puts a handle into the field, and ends the one that is there, unless it is the same.
    void replace(Held handle) noexcept
    {
        const Held earlier = std::exchange(held_, std::move(handle));
        if (earlier && earlier != held_)
            earlier->end();
    }

    /// Takes the handle out of the field, as it is.
    Held release() noexcept { return std::exchange(held_, nullptr); }

private:
    Held held_; // `_server` or `_client`
};

} // namespace network
