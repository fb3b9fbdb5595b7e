/*
 * NetworkServer, the handle of a server: how it comes to a client. What it does with the client is in handle.c;
 * network.h says what its functions promise.
 *
 * How it works. Every socket is non-blocking, so a tick simply tries what it is there for: accept while there is no
 * client, recv while there is one; "not now" is an answer like others, and an idle tick is one system call. What a
 * client sends stays in the kernel until a tick reads it, and a second client stays in the kernel's listen queue
 * until the first has left. So a handle holds nothing that a reload could lose but the bytes that wait to be sent.
 */
#define _POSIX_C_SOURCE 200809L
#include "handle.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef NET_ADDRESS
#define NET_ADDRESS INADDR_LOOPBACK /* a debug server that is open to the network unasked lets strangers in */
#endif

enum { BACKLOG = 128 }; /* how many clients may wait while one is served */

struct net_handle {
    struct net_base base; /* first: the handle is freed as that */
    int listener;         /* -1 for none */
    bool accept_failed;   /* and was reported */
};

void net_unbind(struct net_handle *h)
{
    if (h != NULL)
        unbind(&h->base);
}

void net_close(struct net_handle *h)
{
    if (h == NULL)
        return;
    if (h->listener >= 0)
        close(h->listener);
    h->listener = -1;
    close_handle(&h->base);
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

/* Gives 1 when the tick may go on, 0 when it is done, an error when a callback failed. */
static int take_client(struct net_handle *h)
{
    const int fd = accept(h->listener, NULL, NULL);
    if (fd < 0) {
        /* Out of descriptors, say: the client keeps waiting and every tick tries again, but one report will do. */
        if (not_now(errno) || errno == ECONNABORTED || h->accept_failed)
            return 0;
        h->accept_failed = true;
        return report(&h->base, errno, "a client waits and cannot be taken yet");
    }
    h->accept_failed = false;
    if (!prepare(fd)) {
        close(fd);
        return 0;
    }
    h->base.connection.fd = fd;
    return welcome(&h->base, "a client was taken");
}

int net_server_tick(struct net_handle *h)
{
    if (h == NULL)
        return NET_NULL_HANDLE;
    /* Without an owner nothing is done, so that nothing is lost between save and restore [save.reload]. */
    if (h->listener < 0 || h->base.owner == NULL || h->base.ticking)
        return 0;
    enter(&h->base);
    h->base.ticking = true;
    const int go_on = h->base.connection.fd < 0 ? take_client(h) : flush(&h->base);
    const int result = go_on == 1 ? receive_all(&h->base) : go_on;
    h->base.ticking = false;
    return leave(&h->base, result);
}

int net_make_server(void *object, const struct net_class *info)
{
    if (object == NULL || info == NULL || !info->has_server_field)
        return 0;
    struct net_server *self = object;
    struct net_handle *h = calloc(1, sizeof *h);
    if (h == NULL)
        return NET_OUT_OF_MEMORY;
    h->listener = h->base.connection.fd = -1;
    h->base.peer = "client";
    net_close(self->_server);
    self->_server = h;
    bind_to(&h->base, &self->object, info);
    return 1;
}

int net_server_init(struct net_handle *h, int port)
{
    if (h == NULL)
        return NET_NULL_HANDLE;
    if (h->listener >= 0)
        return report(&h->base, EALREADY, "cannot listen on port %d beside the one before", port);
    /* Cut to 16 bits a wrong number would open some other port. And 0, by which the system picks one, is of no
     * use to a host that has no way to ask which. */
    if (port < 1 || port > 65535)
        return report(&h->base, EINVAL, "there is no port %d to listen on", port);
    h->listener = listen_on(port);
    return h->listener >= 0 ? 1 : report(&h->base, errno, "cannot listen on port %d", port);
}

int net_server_is_open(const struct net_handle *h)
{
    return h == NULL ? NET_NULL_HANDLE : h->listener >= 0;
}

int net_server_is_connected(const struct net_handle *h)
{
    return h == NULL ? NET_NULL_HANDLE : h->base.connection.fd >= 0;
}

int net_server_send(struct net_handle *h, struct net_buffer buffer, int size)
{
    return h == NULL ? NET_NULL_HANDLE : send_on(&h->base, buffer, size);
}

int net_server_restore(struct net_handle *h, void *object, const struct net_class *info)
{
    if (h == NULL)
        return NET_NULL_HANDLE;
    if (object == NULL || info == NULL || !info->has_server_field)
        return NET_NO_SERVER_FIELD;
    bind_to(&h->base, object, info);
    return 0;
}
