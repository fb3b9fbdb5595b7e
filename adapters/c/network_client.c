/*
 * NetworkClient, the handle of a client: how it comes to a connection, and how it ends one. What it does with the
 * connection in between is in handle.c; network.h says what its functions promise.
 *
 * A connection that is closed with bytes still to be sent leaves the handle for a list of its own: ticks send the rest
 * and end it, while the handle may have another connection already.
 */
#define _POSIX_C_SOURCE 200809L
#include "handle.h"
#include "reach.h"

#include <errno.h>
#include <stdlib.h>

struct leaving {
    struct leaving *next;
    struct connection connection;
};

struct net_client_handle {
    struct net_base base; /* first: the handle is freed as that */
    struct leaving *leaving;
};

/* --- Ends ----------------------------------------------------------------------------------------------------- */

/* Closing a socket with unread bytes resets the connection, which can take away what was sent last. */
static void discard_input(struct connection *c)
{
    uint8_t chunk[CHUNK];
    for (int reads = 0; reads < 16 && connection_receive(c, chunk, sizeof chunk) > 0; reads++)
        continue;
}

/* Sends what the system takes of what waits on closed connections, and ends those on which nothing waits any more. */
static void see_off(struct net_client_handle *h, bool all)
{
    for (struct leaving **link = &h->leaving, *left; (left = *link) != NULL;) {
        discard_input(&left->connection);
        if (connection_flush(&left->connection) == 0 && connection_queued(&left->connection) > 0 && !all) {
            link = &left->next;
            continue;
        }
        *link = left->next;
        connection_drop(&left->connection);
        free(left);
    }
}

int net_client_close(struct net_client_handle *h)
{
    if (h == NULL)
        return NET_NULL_HANDLE;
    struct connection *c = &h->base.connection;
    struct leaving *left;
    if (c->fd < 0)
        return 0;
    discard_input(c);
    if (connection_flush(c) == 0 && connection_queued(c) > 0 && (left = malloc(sizeof *left)) != NULL) {
        *left = (struct leaving){h->leaving, *c};
        h->leaving = left;
        *c = (struct connection){.fd = -1};
    }
    connection_drop(c);
    return 0;
}

static void end(struct net_client_handle *h)
{
    if (h == NULL)
        return;
    (void)net_client_close(h);
    see_off(h, true);
    close_handle(&h->base);
}

void net_destroy_client(struct net_client *self)
{
    struct net_client_handle *h = self->_client;
    self->_client = NULL;
    end(h);
    unbind_all_of(&self->object);
}

/* --- The functions on a handle -------------------------------------------------------------------------------- */

int net_make_client(void *object, const struct net_class *info)
{
    if (object == NULL || info == NULL || !info->has_client_field)
        return 0;
    struct net_client *self = object;
    struct net_client_handle *h = calloc(1, sizeof *h), *earlier = self->_client;
    if (h == NULL)
        return NET_OUT_OF_MEMORY;
    h->base.connection.fd = -1;
    h->base.peer = "server";
    self->_client = h;
    bind_to(&h->base, &self->object, info);
    end(earlier);
    return 1;
}

int net_client_connect(struct net_client_handle *h, const char *host, int port, int timeout_ms)
{
    if (h == NULL)
        return NET_NULL_HANDLE;
    if (timeout_ms < 0)
        return NET_BAD_TIMEOUT;
    if (h->base.connection.fd >= 0)
        return report(&h->base, EISCONN, "cannot connect to %.64s port %d as well; close first", host, port);
    /* Cut to 16 bits a wrong number would lead to some other port. */
    if (port < 1 || port > 65535)
        return report(&h->base, EINVAL, "there is no port %d to connect to", port);
    const int fd = reach(host, port, timeout_ms);
    if (fd < 0)
        return report(&h->base, errno, "cannot connect to %.255s port %d", host, port);
    h->base.connection.fd = fd;
    enter(&h->base);
    return leave(&h->base, welcome(&h->base, "connected to the server"));
}

int net_client_is_connected(const struct net_client_handle *h)
{
    return h == NULL ? NET_NULL_HANDLE : h->base.connection.fd >= 0;
}

int net_client_tick(struct net_client_handle *h)
{
    if (h == NULL)
        return NET_NULL_HANDLE;
    if (h->base.ticking)
        return 0;
    see_off(h, false);
    if (h->base.connection.fd < 0)
        return 0;
    enter(&h->base);
    h->base.ticking = true;
    const int go_on = flush(&h->base);
    const int result = go_on == 1 ? receive_all(&h->base) : go_on;
    h->base.ticking = false;
    return leave(&h->base, result);
}

int net_client_send(struct net_client_handle *h, struct net_buffer buffer, int size)
{
    return h == NULL ? NET_NULL_HANDLE : send_on(&h->base, buffer, size);
}
