/*
 * The NETWORK module in C11; network.h says what it does.
 *
 * How it works. Every socket is non-blocking, so a tick simply tries what it is there for: accept while there is no
 * client, recv while there is one; "not now" is an answer like others, and an idle tick is one system call. What a
 * client sends stays in the kernel until a tick reads it, and a second client stays in the kernel's listen queue
 * until the first has left. So a handle holds nothing that a reload could lose but the bytes that wait to be sent.
 *
 * Callbacks may do anything, also destroy the object or give the handle away. Three habits make that safe:
 * - The state changes first, the callback comes last, and one change has one callback that matters. Whatever
 *   happens in it, nothing is left to be told.
 * - After a callback only `owner` says whether to go on: saving and closing clear it, which ends the tick.
 * - A handle that is closed while one of its functions runs is freed when the last of them returns
 *   (`enter`, `leave`).
 */
#define _POSIX_C_SOURCE 200809L
#ifdef __APPLE__
#define _DARWIN_C_SOURCE /* for SO_NOSIGPIPE */
#endif
#include "network.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef NET_ADDRESS
#define NET_ADDRESS INADDR_LOOPBACK /* a debug server that is open to the network unasked lets strangers in */
#endif
#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* where it is missing, SO_NOSIGPIPE does the same */
#endif

enum {
    BACKLOG = 128,                  /* how many clients may wait while one is served */
    CHUNK = 64 * 1024,              /* the most bytes of one data callback */
    READS_PER_TICK = 16,            /* with full chunks 1 MiB: a client that floods must not freeze the host's frame */
    QUEUE_LIMIT = 64 * 1024 * 1024, /* the most bytes that wait to be sent, for a client that never reads */
};

struct queue {
    uint8_t *bytes;
    size_t start, end, capacity;
};

struct net_handle {
    int listener, client; /* -1 for none */
    struct queue queue;   /* for the client */

    struct net_server *owner; /* who is called back; NULL for nobody */
    const struct net_class *info;
    struct net_handle *next_bound; /* in the owner's list */

    int running;        /* how many functions work on it */
    bool ticking;       /* one of them is a tick */
    bool closed;        /* to be freed when none of them does any more */
    bool accept_failed; /* and was reported */
};

/* --- Life of a handle ----------------------------------------------------------------------------------------- */

static void enter(struct net_handle *h)
{
    h->running++;
}

static int leave(struct net_handle *h, int result)
{
    if (--h->running == 0 && h->closed)
        free(h);
    return result;
}

void net_unbind(struct net_handle *h)
{
    if (h == NULL || h->owner == NULL)
        return;
    struct net_handle **link = &h->owner->bound;
    while (*link != h)
        link = &(*link)->next_bound;
    *link = h->next_bound;
    h->owner = NULL;
}

/* The object keeps a list of the handles that call it back, because it may be destroyed while one of them is in the
 * field of another object, as net_server_restore leaves it. */
static void bind_to(struct net_handle *h, struct net_server *owner, const struct net_class *info)
{
    net_unbind(h);
    h->owner = owner;
    h->info = info;
    h->next_bound = owner->bound;
    owner->bound = h;
}

static size_t queued(const struct queue *q)
{
    return q->end - q->start;
}

static void clear(struct queue *q)
{
    free(q->bytes);
    *q = (struct queue){NULL, 0, 0, 0};
}

/* The queue goes with its client: not a byte of it may reach the next one [server-class.one-client]. */
static void drop_client(struct net_handle *h)
{
    if (h->client < 0)
        return;
    /* A last attempt, for a host that says farewell and destroys. */
    if (queued(&h->queue) > 0)
        (void)!send(h->client, h->queue.bytes + h->queue.start, queued(&h->queue), MSG_NOSIGNAL);
    clear(&h->queue);
    close(h->client);
    h->client = -1;
}

void net_close(struct net_handle *h)
{
    if (h == NULL)
        return;
    net_unbind(h);
    drop_client(h);
    if (h->listener >= 0)
        close(h->listener);
    h->listener = -1;
    h->closed = true;
    enter(h);
    leave(h, 0);
}

/* --- Callbacks ------------------------------------------------------------------------------------------------ */

/* Calls the owner back, if there is one and its class has the callback: 0, or NET_CALLBACK_FAILED. */
#define CALL(h, callback, ...)                                                                                         \
    ((h)->owner != NULL && (h)->info->callback != NULL && (h)->info->callback(__VA_ARGS__) != 0 ? NET_CALLBACK_FAILED  \
                                                                                                : 0)

/* The error callback, with what failed and the system's reason. Gives the "false" that its callers return. */
static int report(struct net_handle *h, int code, const char *format, ...)
{
    char what[128], message[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    snprintf(message, sizeof message, "%s: %s", what, strerror(code));
    enter(h);
    return leave(h, CALL(h, error, h->owner, message, code));
}

/* --- Sockets -------------------------------------------------------------------------------------------------- */

/* Closed in programs that the host starts: a child that inherits the listener would keep the port. */
static bool prepare(int fd)
{
#ifdef SO_NOSIGPIPE
    setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &(int){1}, sizeof(int));
#endif
    return fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0;
}

static int listen_on(int port)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(NET_ADDRESS)};
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0)
        return -1;
    /* Connections of an earlier server linger in the system and must not keep the port from its next user. */
    if (prepare(fd) && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int)) == 0 &&
        bind(fd, (const struct sockaddr *)&address, sizeof address) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    const int code = errno;
    close(fd);
    errno = code;
    return -1;
}

static bool not_now(int code)
{
    return code == EAGAIN || code == EWOULDBLOCK || code == EINTR;
}

/* --- One tick ------------------------------------------------------------------------------------------------- */
/* Each step gives 1 when the tick may go on, 0 when it is done, an error when a callback failed. */

static int take_client(struct net_handle *h)
{
    const int fd = accept(h->listener, NULL, NULL);
    if (fd < 0) {
        /* Out of descriptors, say: the client keeps waiting and every tick tries again, but one report will do. */
        if (not_now(errno) || errno == ECONNABORTED || h->accept_failed)
            return 0;
        h->accept_failed = true;
        return report(h, errno, "a client waits and cannot be taken yet");
    }
    h->accept_failed = false;
    if (!prepare(fd)) {
        close(fd);
        return 0;
    }
    /* Small answers, as of a debugger, must not wait for the acknowledgement of the one before. */
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    h->client = fd;
    if (CALL(h, connect, h->owner) != 0 || CALL(h, log, h->owner, "a client was taken") != 0)
        return NET_CALLBACK_FAILED;
    return 1;
}

/* A departure ends the tick, so that the host sees is_connected false between two clients. */
static int departure(struct net_handle *h, const char *how)
{
    char message[128];
    snprintf(message, sizeof message, "the client left: %s", how);
    drop_client(h);
    if (CALL(h, disconnect, h->owner) != 0 || CALL(h, log, h->owner, message) != 0)
        return NET_CALLBACK_FAILED;
    return 0;
}

/* The departure is found by reading and by nothing else, so every byte that came is told before it [tick.data].
 * A client that has only shut down its side is kept until it was sent what was accepted for it [send.result]. */
static int receive(struct net_handle *h)
{
    uint8_t chunk[CHUNK];
    const ssize_t size = recv(h->client, chunk, sizeof chunk, 0);
    if (size > 0)
        return CALL(h, data, h->owner, chunk, (int)size) != 0 ? NET_CALLBACK_FAILED : 1;
    if (size < 0 ? not_now(errno) : queued(&h->queue) > 0)
        return 0;
    return departure(h, size == 0 ? "end of its bytes" : strerror(errno));
}

/* Passes on what the system takes of the queue. */
static int flush(struct net_handle *h)
{
    struct queue *q = &h->queue;
    if (queued(q) == 0)
        return 1;
    /* The client may have gone, which must be an error of this call and no signal that ends the host. */
    const ssize_t sent = send(h->client, q->bytes + q->start, queued(q), MSG_NOSIGNAL);
    if (sent < 0 && !not_now(errno) && errno != ENOBUFS && errno != ENOMEM) {
        const int code = errno;
        clear(q);
        /* Whatever the failure was: reading comes to an end too, which is how the next tick finds the departure. */
        shutdown(h->client, SHUT_RDWR);
        return report(h, code, "the client cannot be sent to");
    }
    q->start += sent > 0 ? (size_t)sent : 0;
    if (queued(q) == 0)
        clear(q);
    return 1;
}

int net_server_tick(struct net_handle *h)
{
    if (h == NULL)
        return NET_NULL_HANDLE;
    /* Without an owner nothing is done, so that nothing is lost between save and restore [save.reload]. */
    if (h->listener < 0 || h->owner == NULL || h->ticking)
        return 0;
    enter(h);
    h->ticking = true;
    int go_on = h->client < 0 ? take_client(h) : flush(h);
    for (int reads = 0; go_on == 1 && h->owner != NULL && reads < READS_PER_TICK; reads++)
        go_on = receive(h);
    h->ticking = false;
    return leave(h, go_on < 0 ? go_on : 0);
}

/* --- The other functions on a handle -------------------------------------------------------------------------- */

int net_make_server(void *object, const struct net_class *info)
{
    if (object == NULL || info == NULL || !info->has_server_field)
        return 0;
    struct net_server *self = object;
    struct net_handle *h = calloc(1, sizeof *h);
    if (h == NULL)
        return NET_OUT_OF_MEMORY;
    h->listener = h->client = -1;
    net_close(self->_server);
    self->_server = h;
    bind_to(h, self, info);
    return 1;
}

int net_server_init(struct net_handle *h, int port)
{
    if (h == NULL)
        return NET_NULL_HANDLE;
    if (h->listener >= 0)
        return report(h, EALREADY, "cannot listen on port %d beside the one before", port);
    /* Cut to 16 bits a wrong number would open some other port. And 0, by which the system picks one, is of no
     * use to a host that has no way to ask which. */
    if (port < 1 || port > 65535)
        return report(h, EINVAL, "there is no port %d to listen on", port);
    h->listener = listen_on(port);
    return h->listener >= 0 ? 1 : report(h, errno, "cannot listen on port %d", port);
}

int net_server_is_open(const struct net_handle *h)
{
    return h == NULL ? NET_NULL_HANDLE : h->listener >= 0;
}

int net_server_is_connected(const struct net_handle *h)
{
    return h == NULL ? NET_NULL_HANDLE : h->client >= 0;
}

/* Room for so many bytes behind those that are queued. */
static bool reserve(struct queue *q, size_t size)
{
    const size_t kept = queued(q);
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

int net_server_send(struct net_handle *h, struct net_buffer buffer, int size)
{
    if (h == NULL)
        return NET_NULL_HANDLE;
    if (size < 0 || (size_t)size > buffer.capacity) /* no byte that the host did not give leaves it [send.size] */
        return NET_BAD_SIZE;
    if (h->client < 0)
        return report(h, ENOTCONN, "nothing sent");
    if (size == 0)
        return 1;
    /* All or nothing: first the room for every byte, then the attempt to send. */
    if ((size_t)size > QUEUE_LIMIT - queued(&h->queue))
        return report(h, ENOBUFS, "nothing sent, for %zu bytes wait already", queued(&h->queue));
    if (!reserve(&h->queue, (size_t)size))
        return report(h, ENOMEM, "nothing sent");
    memcpy(h->queue.bytes + h->queue.end, buffer.data, (size_t)size);
    h->queue.end += (size_t)size;
    return flush(h);
}

int net_server_restore(struct net_handle *h, void *object, const struct net_class *info)
{
    if (h == NULL)
        return NET_NULL_HANDLE;
    if (object == NULL || info == NULL || !info->has_server_field)
        return NET_NO_SERVER_FIELD;
    bind_to(h, object, info);
    return 0;
}

/* --- Errors --------------------------------------------------------------------------------------------------- */

static const struct {
    const char *word, *text;
} errors[] = {
    [-NET_NULL_HANDLE] = {"null-handle", "there is no handle; pass the one in the object's field _server"},
    [-NET_NO_HANDLE] = {"no-handle", "the object has no handle; make its adapter or restore it first"},
    [-NET_NO_SERVER_FIELD] = {"no-server-field", "the object has no field for a handle; derive its class from Server"},
    [-NET_EMPTY_ORPHAN] = {"empty-orphan", "the orphan holds no handle; save one into it first"},
    [-NET_FULL_ORPHAN] = {"full-orphan", "the orphan holds a handle already; restore it or use another orphan"},
    [-NET_BAD_SIZE] = {"bad-size", "the size is negative or beyond the buffer; nothing was sent"},
    [-NET_CALLBACK_FAILED] = {"callback-failed", "a callback returned an error; the server goes on"},
    [-NET_OUT_OF_MEMORY] = {"out-of-memory", "there is no memory for a handle"},
};

const char *net_error_word(int error)
{
    return errors[-error].word;
}

const char *net_error_text(int error)
{
    return errors[-error].text;
}
