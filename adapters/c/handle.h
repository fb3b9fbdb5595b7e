/*
 * The module's own: what the handle of a server and that of a client have in common, a connection and whom to call
 * back. network_server.c and network_client.c put it first in their handles and add how they come to the connection.
 *
 * Callbacks may do anything, also destroy the object or give the handle away. Three habits make that safe:
 * - The state changes first, the callback comes last, and one change has one callback that matters. Whatever
 *   happens in it, nothing is left to be told.
 * - After a callback only `owner` says whether to go on: saving and closing clear it, which ends the tick.
 * - A handle that is closed while one of its functions runs is freed when the last of them returns
 *   (`enter`, `leave`).
 */
#ifndef HANDLE_H
#define HANDLE_H

#include "connection.h"
#include "network.h"

struct net_base {
    struct connection connection;
    const char *peer; /* "client" or "server", for messages */

    struct net_object *owner; /* who is called back; NULL for nobody */
    const struct net_class *info;
    struct net_base *next_bound; /* in the owner's list */

    int running;  /* how many functions work on it */
    bool ticking; /* one of them is a tick */
    bool closed;  /* to be freed when none of them does any more */
};

/* --- Life ----------------------------------------------------------------------------------------------------- */

void enter(struct net_base *h);
int leave(struct net_base *h, int result); /* gives the result back */

void bind_to(struct net_base *h, struct net_object *owner, const struct net_class *info);
void unbind(struct net_base *h);
void unbind_all_of(struct net_object *owner);

/* Ends the connection and frees the handle, now or when the last of its functions returns. */
void close_handle(struct net_base *h);

/* --- Callbacks ------------------------------------------------------------------------------------------------ */

/* Calls the owner back, if there is one and its class has the callback: 0, or NET_CALLBACK_FAILED. */
#define CALL(h, callback, ...)                                                                                         \
    ((h)->owner != NULL && (h)->info->callback != NULL && (h)->info->callback(__VA_ARGS__) != 0 ? NET_CALLBACK_FAILED  \
                                                                                                : 0)

/* The error callback, with what failed and the system's reason. Gives the "false" that its callers return. */
int report(struct net_base *h, int code, const char *format, ...);

/* Tell of a connection that is there now. */
int welcome(struct net_base *h, const char *message);

/* What send does on an object without a handle. */
int nothing_sent(struct net_object *self);

/* --- Working on the connection -------------------------------------------------------------------------------- */

/* Passes on what the system takes of the queue: 1, or what `report` gives when the peer is gone. */
int flush(struct net_base *h);

/* Delivers what came, piece by piece, and notices a departure. 0, or an error when a callback failed. */
int receive_all(struct net_base *h);

int send_on(struct net_base *h, struct net_buffer buffer, int size);

#endif
