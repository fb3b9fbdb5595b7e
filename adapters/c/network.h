/*
 * The NETWORK module in C11: a server for one client at a time, and a client for one server, driven by a host's frame
 * loop.
 *
 * A class is derived from Server by putting `struct net_server` first in a struct of one's own, with a `struct
 * net_class` that names the callbacks:
 *
 *     struct echo { struct net_server server; ... };
 *     static int on_data(void *self, const uint8_t *bytes, int size)
 *     {
 *         return net_send(self, (struct net_buffer){bytes, (size_t)size}, size) < 0;
 *     }
 *     static const struct net_class echo_class = {.has_server_field = true, .data = on_data};
 *
 *     net_construct(&echo.server, &echo_class);
 *     if (net_make_server_adapter(&echo.server) == 0 && net_init(&echo.server, 8000) == 1)
 *         for (;;) { net_tick(&echo.server); ... the rest of the frame ... }
 *     net_destroy(&echo.server);
 *
 * A class is derived from Client in the same way, with a `struct net_client`, net_construct_client,
 * net_make_client_adapter, net_connect_client, and so on.
 *
 * Names follow the documentation: the method Server.NAME is net_NAME, the method Client.NAME is net_NAME_client, the
 * low-level function NAME is net_NAME (server_tick is net_server_tick, client_tick is net_client_tick). The handle
 * NetworkServer is `struct net_handle`, NetworkClient is `struct net_client_handle`. A word in square brackets names
 * the clause that a rule comes from.
 *
 * Every function returns an int: 1 for true, 0 for false or for nothing to tell, and a negative `enum net_error`
 * for a call that cannot be carried out. None of them ever waits, but for connecting. Everything happens on the
 * caller's thread.
 */
#ifndef NETWORK_H
#define NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum net_error {
    NET_NULL_HANDLE = -1,     /* a low-level function was given no handle */
    NET_NO_HANDLE = -2,       /* the object has none: make the adapter, or restore, first */
    NET_NO_SERVER_FIELD = -3, /* the object's class is not derived from Server */
    NET_EMPTY_ORPHAN = -4,    /* there is nothing to restore */
    NET_FULL_ORPHAN = -5,     /* saving would lose the handle that the orphan holds */
    NET_BAD_SIZE = -6,        /* the size is negative or beyond the buffer */
    NET_CALLBACK_FAILED = -7, /* a callback returned something other than 0 */
    NET_OUT_OF_MEMORY = -8,
    NET_NO_CLIENT_FIELD = -9, /* the object's class is not derived from Client */
    NET_BAD_TIMEOUT = -10,    /* the timeout is negative */
};

/* Sockets, outgoing queue, and whom to call back. That of a server outlives the objects that it passes through. */
struct net_handle;
struct net_client_handle;
struct net_base; /* the module's own: what the two have in common */

/* What a class is to the module. Every callback may be left out. One that returns something other than 0 has
 * failed: the call it came out of returns NET_CALLBACK_FAILED, and the module goes on. Everything may be called
 * inside a callback. `self` is the object, as it was given to the constructor. */
struct net_class {
    bool has_server_field; /* whether objects of the class begin with a `struct net_server` */
    bool has_client_field; /* whether they begin with a `struct net_client` */
    int (*connect)(void *self);
    int (*disconnect)(void *self);
    int (*data)(void *self, const uint8_t *bytes, int size);
    int (*error)(void *self, const char *message, int code);
    int (*log)(void *self, const char *message);
};

/* What is called back. It stays where it is in memory from its constructor to its destructor. */
struct net_object {
    const struct net_class *info;
    struct net_base *bound; /* the module's own: the handles that call this object back */
};

/* The classes to derive from. The handle is NULL for none [server-class.handle-field]. */
struct net_server {
    struct net_object object;
    struct net_handle *_server;
};
struct net_client {
    struct net_object object;
    struct net_client_handle *_client;
};

/* Bytes together with how many there are. The documentation's bare pointer cannot tell a size beyond the buffer. */
struct net_buffer {
    const uint8_t *data;
    size_t capacity;
};

/* --- Server --------------------------------------------------------------------------------------------------- */

/* The constructor: an object without a handle. Until it has one, queries and send give 0 and ticks do nothing. */
void net_construct(struct net_server *self, const struct net_class *info);

/* The destructor: closes client and listener, calls nothing back. Harmless when repeated, and inside a callback. */
void net_destroy(struct net_server *self);

int net_make_server_adapter(struct net_server *self);
int net_init(struct net_server *self, int port);
int net_has_session(const struct net_server *self);
int net_is_open(const struct net_server *self);
int net_is_connected(const struct net_server *self);
int net_tick(struct net_server *self);
int net_send(struct net_server *self, struct net_buffer buffer, int size);

/* Move the handle out of the object and into the orphan, and back. The orphan is a pointer of the host's that is NULL
 * when it is empty. Restoring closes a handle that the object has already. */
int net_save(struct net_server *self, struct net_handle **shared_orphan);
int net_restore(struct net_server *self, struct net_handle **shared_orphan);

/* --- Low-level NetworkServer IO ------------------------------------------------------------------------------- */

/* Make a handle that calls `object` back, in the field of the object, in place of the one that is there. 0 for
 * an object that has no such field. */
int net_make_server(void *object, const struct net_class *info);

/* Listen on a port, 1 to 65535. 0, after the error callback, when that cannot be or the handle listens already. */
int net_server_init(struct net_handle *server, int port);

int net_server_is_open(const struct net_handle *server);
int net_server_is_connected(const struct net_handle *server);

/* Do what is ready: take a client, pass on what waits to be sent, deliver what came, notice a departure. Inside a
 * callback of the same handle, and while nobody is called back, it does nothing. */
int net_server_tick(struct net_handle *server);

/* Send the first `size` bytes, at once or by later ticks; the buffer is free afterwards. 0, after the error callback,
 * when there is no client, it is gone, or too much waits already: nothing of the call is sent then. */
int net_server_send(struct net_handle *server, struct net_buffer buffer, int size);

/* Call `object` back from now on, and no other. Nothing is called by it, and no `_server` field is touched. */
int net_server_restore(struct net_handle *server, void *object, const struct net_class *info);

/* --- Client --------------------------------------------------------------------------------------------------- */

/* As of a server. */
void net_construct_client(struct net_client *self, const struct net_class *info);
void net_destroy_client(struct net_client *self);

int net_make_client_adapter(struct net_client *self);

/* Connect to a server, a name or a literal of IPv4 or IPv6, within so many milliseconds: the one call that waits. 1
 * after the connect callback; 0, after the error callback, when there is no connection: nobody is there, it took too
 * long, there is no such port, or there is a connection already, which then stays as it is. */
int net_connect_client(struct net_client *self, const char *host, int port, int timeout_ms);

int net_is_connected_client(const struct net_client *self);
int net_tick_client(struct net_client *self);
int net_send_client(struct net_client *self, struct net_buffer buffer, int size);

/* End the connection; calls nothing back. What was accepted to be sent is still sent on by ticks. */
void net_close_client(struct net_client *self);

/* --- Low-level NetworkClient IO: each does with a handle what the method does with the object ------------------- */

int net_make_client(void *object, const struct net_class *info);
int net_client_connect(struct net_client_handle *client, const char *host, int port, int timeout_ms);
int net_client_is_connected(const struct net_client_handle *client);
int net_client_tick(struct net_client_handle *client);
int net_client_send(struct net_client_handle *client, struct net_buffer buffer, int size);
int net_client_close(struct net_client_handle *client);

/* --- Beside the documentation --------------------------------------------------------------------------------- */

/* Call nobody back until the next net_server_restore: what a handle in an orphan is like. NULL is ignored. */
void net_unbind(struct net_handle *server);

/* What the last smart pointer does when it goes: for a handle that is left in an orphan. NULL is ignored. */
void net_close(struct net_handle *server);

/* An error as a word, and as a sentence with the next step. */
const char *net_error_word(int error);
const char *net_error_text(int error);

#endif
