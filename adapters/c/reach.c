/* Looking a host up, and trying its addresses; reach.h says more. */
#define _POSIX_C_SOURCE 200809L
#include "reach.h"
#include "connection.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Waits for the descriptor until that time; false when the time is over. */
static bool await(int fd, short events, int64_t end)
{
    struct pollfd wanted = {.fd = fd, .events = events};
    for (;;) {
        const int64_t left = end - now_ms();
        const int ready = poll(&wanted, 1, left < 0 ? 0 : (int)left);
        if (ready > 0 || (ready == 0 && left <= 0) || (ready < 0 && errno != EINTR))
            return ready > 0;
    }
}

/* --- Names ---------------------------------------------------------------------------------------------------- */

/* No system lets its look-up be given a time, so it runs on a thread, whose pipe ends when it has. Of the two that use
 * this, host and thread, the one that leaves last frees it. */
struct look_up {
    atomic_flag left;
    int ended; /* the end of the pipe that the thread closes */
    struct addrinfo *found;
    char service[8], host[];
};

static const struct addrinfo stream = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};

static void *look_up(void *argument)
{
    struct look_up *l = argument;
    const int ended = l->ended;
    if (getaddrinfo(l->host, l->service, &stream, &l->found) != 0)
        l->found = NULL;
    if (atomic_flag_test_and_set(&l->left)) {
        if (l->found != NULL)
            freeaddrinfo(l->found);
        free(l);
    }
    close(ended);
    return NULL;
}

/* The addresses of a name; NULL, with errno, when there are none or they were not found in time. */
static struct addrinfo *look_up_until(const char *host, const char *service, int64_t end)
{
    int ends[2];
    pthread_t thread;
    struct look_up *l = calloc(1, sizeof *l + strlen(host) + 1);
    if (l == NULL || pipe(ends) != 0) {
        free(l);
        return NULL;
    }
    (void)prepare(ends[0]);
    (void)prepare(ends[1]);
    atomic_flag_clear(&l->left);
    l->ended = ends[1];
    strcpy(l->service, service);
    strcpy(l->host, host);
    const int failure = pthread_create(&thread, NULL, look_up, l);
    if (failure != 0) {
        close(ends[0]);
        close(ends[1]);
        free(l);
        errno = failure;
        return NULL;
    }
    pthread_detach(thread);
    (void)await(ends[0], POLLIN, end);
    close(ends[0]);
    struct addrinfo *found = NULL;
    int code = ETIMEDOUT;
    if (atomic_flag_test_and_set(&l->left)) {
        found = l->found;
        code = ENXIO;
        free(l);
    }
    errno = code;
    return found;
}

/* --- Addresses ------------------------------------------------------------------------------------------------ */

/* Nobody listens on the port, and the system happened to choose it for this end as well: that is no server. */
static bool is_itself(int fd)
{
    struct sockaddr_storage own = {0}, other = {0};
    socklen_t own_size = sizeof own, other_size = sizeof other;
    return getsockname(fd, (struct sockaddr *)&own, &own_size) == 0 &&
           getpeername(fd, (struct sockaddr *)&other, &other_size) == 0 && own_size == other_size &&
           memcmp(&own, &other, own_size) == 0;
}

static int try_address(const struct addrinfo *address, int64_t end)
{
    int code = 0;
    socklen_t size = sizeof code;
    const int fd = socket(address->ai_family, SOCK_STREAM, 0);
    if (fd < 0)
        return -1;
    if (!prepare(fd) || (connect(fd, address->ai_addr, address->ai_addrlen) != 0 && errno != EINPROGRESS))
        code = errno;
    else if (!await(fd, POLLOUT, end))
        code = ETIMEDOUT;
    else if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &size) != 0)
        code = errno;
    else if (code == 0 && is_itself(fd))
        code = ECONNREFUSED;
    if (code == 0)
        return fd;
    close(fd);
    errno = code;
    return -1;
}

static int try_all(const struct addrinfo *addresses, int64_t end)
{
    int fd = -1, left = 0;
    for (const struct addrinfo *each = addresses; each != NULL; each = each->ai_next)
        left++;
    for (; fd < 0 && left > 0; addresses = addresses->ai_next, left--) { /* each has its share of the time */
        const int64_t now = now_ms();
        fd = try_address(addresses, now + (end > now ? end - now : 0) / left);
    }
    return fd;
}

int reach(const char *host, int port, int timeout_ms)
{
    const int64_t end = now_ms() + timeout_ms;
    struct addrinfo numeric = stream, *found = NULL;
    char service[8];
    int fd = -1;
    if (*host == '\0') {
        errno = EINVAL;
        return -1;
    }
    snprintf(service, sizeof service, "%d", port);
    numeric.ai_flags = AI_NUMERICHOST;
    /* These need no look-up. */
    const char *const localhost[] = {"127.0.0.1", "::1"};
    const bool local = strcasecmp(host, "localhost") == 0;
    for (int i = 0; fd < 0 && i < (local ? 2 : 1); i++) {
        if (getaddrinfo(local ? localhost[i] : host, service, &numeric, &found) == 0) {
            fd = try_all(found, local && i == 0 ? now_ms() + (end - now_ms()) / 2 : end);
            const int code = errno;
            freeaddrinfo(found);
            errno = code;
        } else if (!local && (found = look_up_until(host, service, end)) != NULL) {
            fd = try_all(found, end);
            const int code = errno;
            freeaddrinfo(found);
            errno = code;
        }
    }
    return fd;
}
