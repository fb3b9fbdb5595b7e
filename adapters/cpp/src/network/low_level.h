// Low-level NetworkServer IO: the documented functions on a handle. Nothing here knows Server.
//
// Handles are passed by value: the copy keeps the handle alive until the function returns, whatever callbacks do to the
// object it came from. Each function throws NullHandle for the null handle, and what a callback throws.
#pragma once

#include "errors.h"
#include "handle_owner.h"
#include "network_server.h"

#include <cstdint>
#include <string_view>
#include <type_traits>

namespace network {

/// Makes a handle that calls the object back, in the field of the object, in place of the one that is there. False for
/// an object that has no such field. The class information of the documentation is the type here.
template <class Class>
bool make_server(Class &object)
{
    if constexpr (std::is_base_of_v<HandleOwner<NetworkServer>, Class>) {
        Handle handle = std::make_shared<NetworkServer>();
        handle->bind(object);
        object.replace(std::move(handle));
        return true;
    } else {
        static_cast<void>(object);
        return false;
    }
}

/// Listens on a port, 1 to 65535. False, after the error callback, when that cannot be or the handle listens already.
bool server_init(Handle server, int port);

bool server_is_open(Handle server);
bool server_is_connected(Handle server);

/// Does what is ready: takes a client, passes on what waits to be sent, delivers what came, notices a departure. Inside
/// a callback of the same handle, and while nobody is called back, it does nothing. Never waits.
void server_tick(Handle server);

/// Sends the first `size` bytes, at once or by later ticks; the data is free afterwards. False, after the error
/// callback, when there is no client, it is gone, or too much waits already: nothing of the call is sent then. Never
/// waits. Throws BadSize.
bool server_send(Handle server, std::string_view data, std::int64_t size);

/// Calls the object back from now on, and no other. Nothing is called by it, and no object's field is touched. Throws
/// NoServerField for an object that could not have made the handle.
template <class Class>
void server_restore(Handle server, Class &object)
{
    if (!server)
        throw NullHandle();
    if constexpr (std::is_base_of_v<HandleOwner<NetworkServer>, Class>) {
        server->bind(object);
    } else {
        static_cast<void>(object);
        throw NoServerField();
    }
}

} // namespace network
