/* The commands; commands.h says more. */
#define _POSIX_C_SOURCE 200809L
#include "commands.h"
#include "process.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static uint8_t *reused; /* the buffer of the last send_reused: whoever kept its address finds zeros there */

static struct outcome told(int64_t number)
{
    return (struct outcome){.is = number < 0 ? UNSUPPORTED : NUMBER, .value = number};
}

static bool is_client(const struct arguments *a)
{
    return a->object->class->has_client_field;
}

static struct outcome do_new(struct arguments *a)
{
    const int64_t number = a->numbers[0], class = a->numbers[1];
    if (number < 1 || find_object(number) != NULL || make_object(number, class) == NULL)
        return refused("driver", "the number is taken, there is no such class, or no memory");
    return nothing(0);
}

/* The module takes ports and sizes as int: what is no int is refused here, before it wraps. */
static bool is_int(int64_t number)
{
    return number >= INT_MIN && number <= INT_MAX;
}

static struct outcome init(struct arguments *a, bool low_level)
{
    if (!is_int(a->numbers[0]))
        return refused("out-of-range", "the port does not fit an int");
    const int port = (int)a->numbers[0];
    return boolean(low_level ? net_server_init(a->handle, port) : net_init(&a->object->server, port));
}

static void repeat_bytes(const struct arguments *a, uint8_t *place, size_t size)
{
    const size_t once = size < a->length ? size : a->length;
    memcpy(place, a->bytes, once);
    for (size_t i = once; i < size; i *= 2)
        memcpy(place + i, place, i < size - i ? i : size - i);
}

/* Which of the functions that send. */
enum sender { METHOD, SERVER_FUNCTION, CLIENT_FUNCTION };

static int send_buffer(struct arguments *a, enum sender sender, struct net_buffer buffer, int size)
{
    if (sender == SERVER_FUNCTION)
        return net_server_send(a->handle, buffer, size);
    if (sender == CLIENT_FUNCTION)
        return net_client_send(a->client, buffer, size);
    return is_client(a) ? net_send_client(&a->object->client, buffer, size)
                        : net_send(&a->object->server, buffer, size);
}

/* The buffer is the bytes, repeated, and no longer than the size asks for. */
static struct outcome send_bytes(struct arguments *a, enum sender sender, bool reuse)
{
    if (a->numbers[0] < 0)
        return refused("driver", "nothing can be repeated less than 0 times");
    if (!is_int(a->numbers[1]))
        return refused("out-of-range", "the size does not fit an int");
    const uint64_t repeat = (uint64_t)a->numbers[0];
    const int size = (int)a->numbers[1];
    const size_t most = size < 0 ? 0 : (size_t)size;
    const bool enough = a->length > 0 && repeat > most / a->length;
    struct net_buffer buffer = {a->bytes, enough ? most : a->length * (size_t)repeat};
    uint8_t *built = NULL;
    if (buffer.capacity > (reuse ? 0 : a->length)) {
        if ((built = malloc(buffer.capacity)) == NULL)
            return refused("driver", "out of memory");
        repeat_bytes(a, built, buffer.capacity);
        buffer.data = built;
    }
    const int sent = send_buffer(a, sender, buffer, size);
    if (reuse && built != NULL) {
        memset(built, 0, buffer.capacity);
        uint8_t *const earlier = reused; /* this one is not freed yet, which would leave the zeros to the compiler */
        reused = built;
        built = earlier;
    }
    free(built);
    return boolean(sent);
}

/* A failure to keep the arguments leaves nothing for the reaction of that name to do. */
static struct outcome do_connect(struct arguments *a)
{
    struct object *object = a->object;
    if (a->text == NULL) /* a reaction */
        a->text = object->host;
    else {
        free(object->host);
        object->host = strdup(a->text);
        object->port = a->numbers[0];
        object->timeout = a->numbers[1];
    }
    if (a->text == NULL)
        return refused("driver", "the object was never told to connect");
    if (!is_int(object->port) || !is_int(object->timeout))
        return refused("out-of-range", "the port or the timeout does not fit an int");
    return boolean(net_connect_client(&object->client, a->text, (int)object->port, (int)object->timeout));
}

static struct outcome do_client_connect(struct arguments *a)
{
    if (!is_int(a->numbers[0]) || !is_int(a->numbers[1]))
        return refused("out-of-range", "the port or the timeout does not fit an int");
    return boolean(net_client_connect(a->client, a->text, (int)a->numbers[0], (int)a->numbers[1]));
}

static int tick(struct arguments *a)
{
    return is_client(a) ? net_tick_client(&a->object->client) : net_tick(&a->object->server);
}

static struct outcome done_close(struct arguments *a)
{
    net_close_client(&a->object->client);
    return nothing(0);
}

static struct outcome destroyed(struct arguments *a)
{
    destroy(a->object);
    return nothing(0);
}

/* Both end with the first call that is refused. */
static struct outcome do_ticks(struct arguments *a)
{
    int result = 0;
    for (int64_t i = 0; i < a->numbers[0] && result >= 0; i++)
        result = tick(a);
    return nothing(result);
}

static struct outcome do_reloads(struct arguments *a)
{
    int result = 0;
    for (int64_t i = 0; i < a->numbers[0] && result >= 0; i++) {
        result = net_save(&a->object->server, &a->orphan->handle);
        if (result >= 0)
            result = net_restore(&a->object->server, &a->orphan->handle);
    }
    return nothing(result);
}

#define COMMAND(name, call)                                                                                            \
    static struct outcome do_##name(struct arguments *a)                                                               \
    {                                                                                                                  \
        (void)a;                                                                                                       \
        return call;                                                                                                   \
    }

COMMAND(adapter, nothing(is_client(a) ? net_make_client_adapter(&a->object->client)
                                      : net_make_server_adapter(&a->object->server)))
COMMAND(init, init(a, false))
COMMAND(has_session, boolean(net_has_session(&a->object->server)))
COMMAND(is_open, boolean(net_is_open(&a->object->server)))
COMMAND(is_connected, boolean(is_client(a) ? net_is_connected_client(&a->object->client)
                                           : net_is_connected(&a->object->server)))
COMMAND(tick, nothing(tick(a)))
COMMAND(send, send_bytes(a, METHOD, false))
COMMAND(send_reused, send_bytes(a, METHOD, true))
COMMAND(save, nothing(net_save(&a->object->server, &a->orphan->handle)))
COMMAND(restore, nothing(net_restore(&a->object->server, &a->orphan->handle)))
COMMAND(holds, boolean(a->orphan->handle != NULL))
COMMAND(destroy, destroyed(a))
COMMAND(memory, told(memory_in_use()))
COMMAND(threads, told(count_threads()))
COMMAND(child, start_child() ? nothing(0) : refused("driver", "no child process can be started, or there is one"))
COMMAND(reap, end_child() ? nothing(0) : refused("driver", "there is no child process"))
COMMAND(descriptors, told(count_descriptors()))
COMMAND(make_server, boolean(net_make_server(a->object, a->object == NULL ? NULL : a->object->class)))
COMMAND(server_init, init(a, true))
COMMAND(server_is_open, boolean(net_server_is_open(a->handle)))
COMMAND(server_is_connected, boolean(net_server_is_connected(a->handle)))
COMMAND(server_tick, nothing(net_server_tick(a->handle)))
COMMAND(server_send, send_bytes(a, SERVER_FUNCTION, false))
COMMAND(server_restore, nothing(net_server_restore(a->handle, a->target, a->target->class)))
COMMAND(close, done_close(a))
COMMAND(make_client, boolean(net_make_client(a->object, a->object == NULL ? NULL : a->object->class)))
COMMAND(client_is_connected, boolean(net_client_is_connected(a->client)))
COMMAND(client_tick, nothing(net_client_tick(a->client)))
COMMAND(client_send, send_bytes(a, CLIENT_FUNCTION, false))
COMMAND(client_close, nothing(net_client_close(a->client)))

/* "react" is read by the driver itself. `kept` is left out: the bytes of a data callback are lent to it. */
static const struct command commands[] = {
    {"new", "nn", do_new},
    {"adapter", "e", do_adapter},
    {"init", "sn", do_init},
    {"has_session", "s", do_has_session},
    {"is_open", "s", do_is_open},
    {"is_connected", "e", do_is_connected},
    {"tick", "e", do_tick},
    {"send", "ebnn", do_send},
    {"save", "sp", do_save},
    {"restore", "sp", do_restore},
    {"holds", "p", do_holds},
    {"destroy", "o", do_destroy},
    {"ticks", "en", do_ticks},
    {"reloads", "spn", do_reloads},
    {"send_reused", "ebnn", do_send_reused},
    {"memory", "", do_memory},
    {"threads", "", do_threads},
    {"child", "", do_child},
    {"reap", "", do_reap},
    {"descriptors", "", do_descriptors},
    {"make_server", "h", do_make_server},
    {"server_init", "hn", do_server_init},
    {"server_is_open", "h", do_server_is_open},
    {"server_is_connected", "h", do_server_is_connected},
    {"server_tick", "h", do_server_tick},
    {"server_send", "hbnn", do_server_send},
    {"server_restore", "ht", do_server_restore},
    {"connect", "cxnn", do_connect},
    {"close", "c", do_close},
    {"make_client", "k", do_make_client},
    {"client_connect", "kxnn", do_client_connect},
    {"client_is_connected", "k", do_client_is_connected},
    {"client_tick", "k", do_client_tick},
    {"client_send", "kbnn", do_client_send},
    {"client_close", "k", do_client_close},
};

const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

const char *misfit(const struct command *command, const struct object *object)
{
    const char kind = command->takes[0];
    const bool server = object->class->has_server_field, client = object->class->has_client_field;
    if ((kind == 's' && !server) || (kind == 'c' && !client) || (kind == 'e' && !server && !client))
        return "the object's class has no such method; the compiler turns the call down";
    return NULL;
}

void free_commands(void)
{
    free(reused);
    reused = NULL;
}
