/*
 * One connection, whoever made it: a socket that never waits, and the bytes that are still to be sent on it. Nothing
 * here knows a handle or calls anybody back; failures are numbers of the system (errno).
 */
#ifndef CONNECTION_H
#define CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    CHUNK = 64 * 1024,              /* the most bytes that are read at once */
    QUEUE_LIMIT = 64 * 1024 * 1024, /* the most bytes that wait to be sent, for a peer that never reads */
};

struct queue {
    uint8_t *bytes;
    size_t start, end, capacity;
};

struct connection {
    int fd; /* -1 for none */
    struct queue queue;
};

/* Makes a socket one that never waits, sends small messages at once, raises no SIGPIPE, and is closed in programs that
 * the host starts: a child that inherits the listener would keep the port. False, with errno, when that cannot be. */
bool prepare(int fd);

/* Whether a failed call would have had to wait. */
bool not_now(int code);

size_t connection_queued(const struct connection *c);

/* Queues all of the bytes, or none and tells why: ENOBUFS or ENOMEM. 0 when they are queued. */
int connection_queue(struct connection *c, const uint8_t *bytes, size_t size);

/* Sends what the system takes of the queue. After a failure, which it gives, the queue is empty and reading comes to an
 * end. */
int connection_flush(struct connection *c);

/* As recv. */
ssize_t connection_receive(struct connection *c, uint8_t *place, size_t room);

/* A last attempt to send what waits, then the end. */
void connection_drop(struct connection *c);

#endif
