// The field `_server`: what an object must have to be given a handle. Touches nothing but the handle in it.
#pragma once

#include "callbacks.h"
#include "network_server.h"

#include <utility>

namespace network {

/// An object with a field for a handle [server-class.handle-field]. It owns what is in the field: with the object end
/// its client and its port, whoever else keeps the handle alive.
class HandleOwner : public Callbacks {
public:
    ~HandleOwner() override { replace(nullptr); }

    /// The handle in the field, null for none.
    const Handle &handle() const noexcept { return server_; }

    /// Puts a handle into the field, and closes the one that is there, unless it is the same.
    void replace(Handle handle) noexcept
    {
        const Handle earlier = std::exchange(server_, std::move(handle));
        if (earlier && earlier != server_)
            earlier->close();
    }

    /// Takes the handle out of the field, as it is.
    Handle release() noexcept { return std::exchange(server_, nullptr); }

private:
    Handle server_; // `_server` of the documentation
};

} // namespace network
