/* Objects, orphans, callbacks and reactions; objects.h says more. */
#define _POSIX_C_SOURCE 200809L
#include "objects.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEEPEST_REACTION = 50 };

const char *const callback_names[CALLBACKS] = {"connect", "disconnect", "data", "error", "log"};
const char *sequence = "0";

static struct object *objects; /* the newest first: that is the one most asked for */
static struct orphan *orphans;
static int depth; /* of reactions */

struct outcome nothing(int result)
{
    return result < 0 ? refused(net_error_word(result), net_error_text(result)) : (struct outcome){.is = NOTHING};
}

struct outcome boolean(int result)
{
    return result < 0 ? nothing(result) : (struct outcome){.is = BOOLEAN, .value = result};
}

/* --- Callbacks ------------------------------------------------------------------------------------------------ */

static void put_event(const struct object *object, const char *what)
{
    printf("%s event %" PRId64 " %s", sequence, object->number, what);
}

static void query(struct object *object)
{
    const int answers[] = {net_has_session(&object->server), net_is_open(&object->server),
                           net_is_connected(&object->server)};
    put_event(object, "did query value");
    for (int i = 0; i < 3; i++) {
        putchar(' ');
        put_boolean(answers[i]);
    }
    putchar('\n');
}

/* After the callback's own line: the reaction, if any. What this returns is what the callback returns. */
static int react(struct object *object, enum callback callback, const uint8_t *bytes, size_t length)
{
    struct reaction reaction = object->reactions[callback];
    if (reaction.action == NULL)
        return 0;
    if (strcmp(reaction.action, "raise") == 0)
        return 1;
    if (strcmp(reaction.action, "query") == 0 && object->class->has_server_field) {
        query(object);
        return 0;
    }
    if (strcmp(reaction.action, "echo") == 0) {
        reaction.arguments.bytes = bytes;
        reaction.arguments.length = length;
        reaction.arguments.numbers[1] = (int64_t)length;
    }
    struct outcome outcome = refused("recursion", "");
    if (reaction.command == NULL) {
        outcome = refused("no-such-method", "the object's class has no such method; the compiler turns the call down");
    } else if (depth < DEEPEST_REACTION) {
        depth++;
        outcome = reaction.command(&reaction.arguments);
        depth--;
    }
    put_event(object, "did ");
    printf("%s ", reaction.action);
    put_outcome(outcome);
    return 0;
}

static int on_connect(void *self)
{
    put_event(self, "connect\n");
    return react(self, CONNECT, NULL, 0);
}

static int on_disconnect(void *self)
{
    put_event(self, "disconnect\n");
    return react(self, DISCONNECT, NULL, 0);
}

static int on_data(void *self, const uint8_t *bytes, int size)
{
    put_event(self, "data");
    printf(" %d ", size);
    put_bytes(bytes, (size_t)size);
    putchar('\n');
    return react(self, DATA, bytes, (size_t)size);
}

static int on_error(void *self, const char *message, int code)
{
    put_event(self, "error");
    printf(" %d ", code);
    put_text(message);
    putchar('\n');
    return react(self, ERROR, NULL, 0);
}

static int on_log(void *self, const char *message)
{
    put_event(self, "log ");
    put_text(message);
    putchar('\n');
    return react(self, LOG, NULL, 0);
}

/* The classes 0 to 6. */
static const struct net_class classes[] = {
    {false, false, NULL, NULL, NULL, NULL, NULL},
    {true, false, on_connect, on_disconnect, on_data, on_error, on_log},
    {true, false, on_connect, on_disconnect, on_data, on_error, on_log},
    {.has_server_field = true},
    {false, true, on_connect, on_disconnect, on_data, on_error, on_log},
    {false, true, on_connect, on_disconnect, on_data, on_error, on_log},
    {.has_client_field = true},
};

/* --- Numbers -------------------------------------------------------------------------------------------------- */

struct object *make_object(int64_t number, int64_t class)
{
    if (class < 0 || (size_t)class >= sizeof classes / sizeof *classes)
        return NULL;
    struct object *object = calloc(1, sizeof *object);
    if (object == NULL)
        return NULL;
    object->next = objects;
    object->number = number;
    object->class = &classes[class];
    if (object->class->has_client_field)
        net_construct_client(&object->client, object->class);
    else
        net_construct(&object->server, object->class);
    objects = object;
    return object;
}

struct object *find_object(int64_t number)
{
    struct object *object = objects;
    while (object != NULL && object->number != number)
        object = object->next;
    return object;
}

struct orphan *find_orphan(int64_t number)
{
    struct orphan *orphan = orphans;
    while (orphan != NULL && orphan->number != number)
        orphan = orphan->next;
    if (orphan == NULL && (orphan = malloc(sizeof *orphan)) != NULL) {
        *orphan = (struct orphan){orphans, number, NULL};
        orphans = orphan;
    }
    return orphan;
}

void destroy(struct object *object)
{
    if (object->class->has_client_field)
        net_destroy_client(&object->client);
    else if (object->class->has_server_field)
        net_destroy(&object->server);
}

void forget_everything(void)
{
    while (objects != NULL) {
        struct object *object = objects;
        objects = object->next;
        destroy(object);
        for (int i = 0; i < CALLBACKS; i++)
            free(object->reactions[i].kept);
        free(object->host);
        free(object);
    }
    while (orphans != NULL) {
        struct orphan *orphan = orphans;
        orphans = orphan->next;
        net_close(orphan->handle);
        free(orphan);
    }
}
