/* What both handles have in common; handle.h says more. No socket is made here. */
#include "handle.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { READS_PER_TICK = 16 }; /* with full chunks 1 MiB: a peer that floods must not freeze the host's frame */

void enter(struct net_base *h)
{
    h->running++;
}

int leave(struct net_base *h, int result)
{
    if (--h->running == 0 && h->closed)
        free(h);
    return result;
}

void unbind(struct net_base *h)
{
    if (h->owner == NULL)
        return;
    struct net_base **link = &h->owner->bound;
    while (*link != h)
        link = &(*link)->next_bound;
    *link = h->next_bound;
    h->owner = NULL;
}

/* The object keeps a list of the handles that call it back, because it may be destroyed while one of them is in the
 * field of another object, as net_server_restore leaves it. */
void bind_to(struct net_base *h, struct net_object *owner, const struct net_class *info)
{
    unbind(h);
    h->owner = owner;
    h->info = info;
    h->next_bound = owner->bound;
    owner->bound = h;
}

void unbind_all_of(struct net_object *owner)
{
    while (owner->bound != NULL)
        unbind(owner->bound);
}

void close_handle(struct net_base *h)
{
    unbind(h);
    connection_drop(&h->connection);
    h->closed = true;
    enter(h);
    leave(h, 0);
}

int report(struct net_base *h, int code, const char *format, ...)
{
    char what[384], message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    snprintf(message, sizeof message, "%s: %s", what, strerror(code));
    enter(h);
    return leave(h, CALL(h, error, h->owner, message, code));
}

int welcome(struct net_base *h, const char *message)
{
    if (CALL(h, connect, h->owner) != 0 || CALL(h, log, h->owner, message) != 0)
        return NET_CALLBACK_FAILED;
    return 1;
}

int nothing_sent(struct net_object *self)
{
    const struct net_class *info = self->info;
    if (info->error != NULL && info->error(self, "nothing sent: the object has no handle", ENOTCONN) != 0)
        return NET_CALLBACK_FAILED;
    return 0;
}

int flush(struct net_base *h)
{
    const int code = connection_flush(&h->connection);
    return code == 0 ? 1 : report(h, code, "the %s cannot be sent to", h->peer);
}

/* A departure ends the tick, so that the host sees is_connected false between two connections. */
static int departure(struct net_base *h, const char *how)
{
    char message[128];
    snprintf(message, sizeof message, "the %s left: %s", h->peer, how);
    connection_drop(&h->connection);
    if (CALL(h, disconnect, h->owner) != 0 || CALL(h, log, h->owner, message) != 0)
        return NET_CALLBACK_FAILED;
    return 0;
}

/* The departure is found by reading and by nothing else, so every byte that came is told before it [tick.data].
 * A peer that has only shut down its side is kept until it was sent what was accepted for it [send.result].
 * Gives 1 when the tick may go on. */
static int receive(struct net_base *h)
{
    uint8_t chunk[CHUNK];
    const ssize_t size = connection_receive(&h->connection, chunk, sizeof chunk);
    if (size > 0)
        return CALL(h, data, h->owner, chunk, (int)size) != 0 ? NET_CALLBACK_FAILED : 1;
    if (size < 0 ? not_now(errno) : connection_queued(&h->connection) > 0)
        return 0;
    return departure(h, size == 0 ? "end of its bytes" : strerror(errno));
}

int receive_all(struct net_base *h)
{
    int go_on = 1;
    for (int reads = 0; go_on == 1 && reads < READS_PER_TICK; reads++)
        go_on = h->owner != NULL && h->connection.fd >= 0 ? receive(h) : 0;
    return go_on < 0 ? go_on : 0;
}

int send_on(struct net_base *h, struct net_buffer buffer, int size)
{
    if (size < 0 || (size_t)size > buffer.capacity) /* no byte that the host did not give leaves it [send.size] */
        return NET_BAD_SIZE;
    if (h->connection.fd < 0)
        return report(h, ENOTCONN, "nothing sent");
    if (size == 0)
        return 1;
    /* All or nothing: first the room for every byte, then the attempt to send. */
    const int code = connection_queue(&h->connection, buffer.data, (size_t)size);
    if (code != 0)
        return report(h, code, "nothing sent, for %zu bytes wait already", connection_queued(&h->connection));
    return flush(h);
}
