// Low-level NetworkClient IO: the functions on a handle. Nothing here knows Client.
//
// As in low_level.h handles are passed by value, and each function throws NullHandle for the null handle, and what a
// callback throws.
#pragma once

#include "errors.h"
#include "handle_owner.h"
#include "network_client.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace network {

/// Makes a handle that calls the object back, in the field of the object, in place of the one that is there. False for
/// an object that has no such field. The class information of the documentation is the type here.
template <class Class>
bool make_client(Class &object)
{
    if constexpr (std::is_base_of_v<HandleOwner<NetworkClient>, Class>) {
        ClientHandle handle = std::make_shared<NetworkClient>();
        handle->bind(object);
        object.replace(std::move(handle));
        return true;
    } else {
        static_cast<void>(object);
        return false;
    }
}

/// Connects to a server, a name or a literal of IPv4 or IPv6, within the time: the one call that waits. True after the
/// connect callback; false, after the error callback, when there is no connection: nobody is there, it took too long,
/// there is no such port, or there is a connection already, which then stays as it is. Throws BadTimeout.
bool client_connect(ClientHandle client, const std::string &host, int port, std::chrono::milliseconds timeout);

bool client_is_connected(ClientHandle client);

/// Passes on what waits to be sent, delivers what came, notices a departure. Inside a callback of the same handle it
/// does nothing. Never waits.
void client_tick(ClientHandle client);

/// As server_send.
bool client_send(ClientHandle client, std::string_view data, std::int64_t size);

/// Ends the connection and calls nothing back. What was accepted to be sent is still sent on by ticks.
void client_close(ClientHandle client);

} // namespace network
