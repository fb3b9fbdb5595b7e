/* A socket and its outgoing queue; connection.h says more. */
#define _POSIX_C_SOURCE 200809L
#ifdef __APPLE__
#define _DARWIN_C_SOURCE /* for SO_NOSIGPIPE */
#endif
#include "connection.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* where it is missing, SO_NOSIGPIPE does the same */
#endif

bool prepare(int fd)
{
#ifdef SO_NOSIGPIPE
    setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &(int){1}, sizeof(int));
#endif
    /* Small answers, as of a debugger, must not wait for the acknowledgement of the one before. */
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    return fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0;
}

bool not_now(int code)
{
    return code == EAGAIN || code == EWOULDBLOCK || code == EINTR;
}

size_t connection_queued(const struct connection *c)
{
    return c->queue.end - c->queue.start;
}

static void clear(struct queue *q)
{
    free(q->bytes);
    *q = (struct queue){NULL, 0, 0, 0};
}

/* Room for so many bytes behind those that are queued. */
static bool reserve(struct queue *q, size_t size)
{
    const size_t kept = q->end - q->start;
    if (q->capacity - q->end >= size)
        return true;
    if (q->start > kept && q->capacity - kept >= size) { /* at most half full: moving is cheap */
        memcpy(q->bytes, q->bytes + q->start, kept);
    } else {
        uint8_t *larger = malloc(2 * (kept + size));
        if (larger == NULL)
            return false;
        if (kept > 0)
            memcpy(larger, q->bytes + q->start, kept);
        free(q->bytes);
        q->bytes = larger;
        q->capacity = 2 * (kept + size);
    }
    q->start = 0;
    q->end = kept;
    return true;
}

int connection_queue(struct connection *c, const uint8_t *bytes, size_t size)
{
    if (size > QUEUE_LIMIT - connection_queued(c))
        return ENOBUFS;
    if (!reserve(&c->queue, size))
        return ENOMEM;
    memcpy(c->queue.bytes + c->queue.end, bytes, size);
    c->queue.end += size;
    return 0;
}

int connection_flush(struct connection *c)
{
    struct queue *q = &c->queue;
    if (connection_queued(c) == 0)
        return 0;
    /* The peer may have gone, which must be an error of this call and no signal that ends the host. */
    const ssize_t sent = send(c->fd, q->bytes + q->start, connection_queued(c), MSG_NOSIGNAL);
    if (sent < 0 && !not_now(errno) && errno != ENOBUFS && errno != ENOMEM) {
        const int code = errno;
        clear(q);
        /* Whatever the failure was: reading comes to an end too, which is how the next tick finds the departure. */
        shutdown(c->fd, SHUT_RDWR);
        return code;
    }
    q->start += sent > 0 ? (size_t)sent : 0;
    if (connection_queued(c) == 0)
        clear(q);
    return 0;
}

ssize_t connection_receive(struct connection *c, uint8_t *place, size_t room)
{
    return recv(c->fd, place, room, 0);
}

void connection_drop(struct connection *c)
{
    if (c->fd < 0)
        return;
    (void)connection_flush(c);
    clear(&c->queue);
    close(c->fd);
    c->fd = -1;
}
