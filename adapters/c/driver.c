/*
 * The driver: reads commands, one a line, carries them out on the module, writes what came of it. The lines are
 * those of docs/driver-protocol.md. A command is one call of the module, written beside its name in "Commands";
 * everything before that is writing and callbacks, everything after it is reading.
 *
 * SIGPIPE is left as the system set it: the module has to survive a client that has gone by itself.
 */
#define _POSIX_C_SOURCE 200809L
#include "network.h"
#include "process.h"
#include "protocol.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_WORDS = 8, DEEPEST_REACTION = 50 };
enum callback { CONNECT, DISCONNECT, DATA, ERROR, LOG, CALLBACKS };
static const char *const callback_names[CALLBACKS] = {"connect", "disconnect", "data", "error", "log"};

struct orphan {
    struct orphan *next;
    int64_t number;
    struct net_handle *handle;
};

/* The arguments of a command, by what they are. */
struct arguments {
    struct object *object, *target;
    struct net_handle *handle; /* of the object; NULL for object 0 */
    struct orphan *orphan;
    int64_t numbers[2]; /* in the order in which they stand */
    int numbers_read;
    const uint8_t *bytes;
    size_t length;
    char **words; /* all of them, unread; NULL at the end */
};

typedef struct outcome (*carry_out)(struct arguments *a);

/* An action is a command that is carried out inside a callback. */
struct reaction {
    const char *action; /* NULL for none */
    carry_out command;  /* NULL for "query" and "raise" */
    struct arguments arguments;
    uint8_t *kept; /* the bytes among them */
};

struct object {
    struct net_server server; /* first: what the module hands to callbacks is this object */
    struct object *next;
    int64_t number;
    const struct net_class *class;
    struct reaction reactions[CALLBACKS];
};

static struct object *objects; /* the newest first: that is the one most asked for */
static struct orphan *orphans;
static const char *sequence = "0"; /* of the command that runs, as it was written */
static int depth;                  /* of reactions */
static uint8_t *reused;            /* the buffer of the last send_reused: whoever kept its address finds zeros there */

/* --- What came of a call of the module, where the documented function returns nothing and where a boolean ----- */

static struct outcome nothing(int result)
{
    return result < 0 ? refused(net_error_word(result), net_error_text(result)) : (struct outcome){.is = NOTHING};
}

static struct outcome boolean(int result)
{
    return result < 0 ? nothing(result) : (struct outcome){.is = BOOLEAN, .value = result};
}

static struct outcome told(int64_t number)
{
    return (struct outcome){.is = number < 0 ? UNSUPPORTED : NUMBER, .value = number};
}

/* --- Callbacks ------------------------------------------------------------------------------------------------ */

static void put_event(const struct object *object, const char *what)
{
    printf("%s event %" PRId64 " %s", sequence, object->number, what);
}

/* After the callback's own line: the reaction, if any. What this returns is what the callback returns. */
static int react(struct object *object, enum callback callback, const uint8_t *bytes, size_t length)
{
    struct reaction reaction = object->reactions[callback];
    if (reaction.action == NULL)
        return 0;
    if (strcmp(reaction.action, "raise") == 0)
        return 1;
    if (strcmp(reaction.action, "query") == 0) {
        const int answers[] = {net_has_session(&object->server), net_is_open(&object->server),
                               net_is_connected(&object->server)};
        put_event(object, "did query value");
        for (int i = 0; i < 3; i++) {
            putchar(' ');
            put_boolean(answers[i]);
        }
        putchar('\n');
        return 0;
    }
    if (strcmp(reaction.action, "echo") == 0) {
        reaction.arguments.bytes = bytes;
        reaction.arguments.length = length;
        reaction.arguments.numbers[1] = (int64_t)length;
    }
    struct outcome outcome = refused("recursion", "");
    if (depth < DEEPEST_REACTION) {
        depth++;
        outcome = reaction.command(&reaction.arguments);
        depth--;
    }
    put_event(object, "did ");
    printf("%s ", reaction.action);
    put_outcome(outcome);
    return 0;
}

static int on_connect(struct net_server *self)
{
    put_event((struct object *)self, "connect\n");
    return react((struct object *)self, CONNECT, NULL, 0);
}

static int on_disconnect(struct net_server *self)
{
    put_event((struct object *)self, "disconnect\n");
    return react((struct object *)self, DISCONNECT, NULL, 0);
}

static int on_data(struct net_server *self, const uint8_t *bytes, int size)
{
    put_event((struct object *)self, "data");
    printf(" %d ", size);
    put_bytes(bytes, (size_t)size);
    putchar('\n');
    return react((struct object *)self, DATA, bytes, (size_t)size);
}

static int on_error(struct net_server *self, const char *message, int code)
{
    put_event((struct object *)self, "error");
    printf(" %d ", code);
    put_text(message);
    putchar('\n');
    return react((struct object *)self, ERROR, NULL, 0);
}

static int on_log(struct net_server *self, const char *message)
{
    put_event((struct object *)self, "log ");
    put_text(message);
    putchar('\n');
    return react((struct object *)self, LOG, NULL, 0);
}

/* The classes 0 to 3. */
static const struct net_class classes[] = {
    {.has_server_field = false},
    {true, on_connect, on_disconnect, on_data, on_error, on_log},
    {true, on_connect, on_disconnect, on_data, on_error, on_log},
    {.has_server_field = true},
};

/* --- Commands ------------------------------------------------------------------------------------------------- */

static struct object *find_object(int64_t number)
{
    struct object *object = objects;
    while (object != NULL && object->number != number)
        object = object->next;
    return object;
}

/* Made when first named. NULL without memory. */
static struct orphan *find_orphan(int64_t number)
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

static struct outcome do_new(struct arguments *a)
{
    const int64_t number = a->numbers[0], class = a->numbers[1];
    if (number < 1 || find_object(number) != NULL || class < 0 || class > 3)
        return refused("driver", "the number is taken, or there is no such class");
    struct object *object = calloc(1, sizeof *object);
    if (object == NULL)
        return refused("driver", "out of memory");
    object->next = objects;
    object->number = number;
    object->class = &classes[class];
    net_construct(&object->server, object->class);
    objects = object;
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

/* The buffer is the bytes, repeated, and no longer than the size asks for. */
static struct outcome send_bytes(struct arguments *a, bool low_level, bool reuse)
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
    const int sent = low_level ? net_server_send(a->handle, buffer, size) : net_send(&a->object->server, buffer, size);
    if (reuse && built != NULL) {
        memset(built, 0, buffer.capacity);
        uint8_t *const earlier = reused; /* this one is not freed yet, which would leave the zeros to the compiler */
        reused = built;
        built = earlier;
    }
    free(built);
    return boolean(sent);
}

/* Both end with the first call that is refused. */
static struct outcome do_ticks(struct arguments *a)
{
    int result = 0;
    for (int64_t i = 0; i < a->numbers[0] && result >= 0; i++)
        result = net_tick(&a->object->server);
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

static struct outcome do_destroy(struct arguments *a)
{
    if (a->object->class->has_server_field)
        net_destroy(&a->object->server); /* the record of the object stays: its number is taken until reset */
    return nothing(0);
}

#define COMMAND(name, call)                                                                                            \
    static struct outcome do_##name(struct arguments *a)                                                               \
    {                                                                                                                  \
        (void)a;                                                                                                       \
        return call;                                                                                                   \
    }

COMMAND(adapter, nothing(net_make_server_adapter(&a->object->server)))
COMMAND(init, init(a, false))
COMMAND(has_session, boolean(net_has_session(&a->object->server)))
COMMAND(is_open, boolean(net_is_open(&a->object->server)))
COMMAND(is_connected, boolean(net_is_connected(&a->object->server)))
COMMAND(tick, nothing(net_tick(&a->object->server)))
COMMAND(send, send_bytes(a, false, false))
COMMAND(send_reused, send_bytes(a, false, true))
COMMAND(save, nothing(net_save(&a->object->server, &a->orphan->handle)))
COMMAND(restore, nothing(net_restore(&a->object->server, &a->orphan->handle)))
COMMAND(holds, boolean(a->orphan->handle != NULL))
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
COMMAND(server_send, send_bytes(a, true, false))
COMMAND(server_restore, nothing(net_server_restore(a->handle, a->target, a->target->class)))

static struct outcome do_react(struct arguments *a);

/* What follows the name, a letter for each argument: s an object of a class derived from Server, o any object, h
 * one for its handle or 0, t one more object, p an orphan, n a number, b bytes, w a word, v a word that may be
 * missing. `kept` is left out: the bytes of a data callback are lent to it. */
static const struct command {
    const char *name, *takes;
    carry_out carry_out;
} commands[] = {
    {"new", "nn", do_new},
    {"adapter", "s", do_adapter},
    {"init", "sn", do_init},
    {"has_session", "s", do_has_session},
    {"is_open", "s", do_is_open},
    {"is_connected", "s", do_is_connected},
    {"tick", "s", do_tick},
    {"send", "sbnn", do_send},
    {"save", "sp", do_save},
    {"restore", "sp", do_restore},
    {"holds", "p", do_holds},
    {"destroy", "o", do_destroy},
    {"react", "owwv", do_react},
    {"ticks", "sn", do_ticks},
    {"reloads", "spn", do_reloads},
    {"send_reused", "sbnn", do_send_reused},
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
};

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

/* --- Reading -------------------------------------------------------------------------------------------------- */

/* NULL, or what is wrong with the argument. */
static const char *read_argument(char kind, char *word, struct arguments *a)
{
    if (kind == 'w' || kind == 'v')
        return NULL;
    if (kind == 'b')
        return read_bytes(word, &a->bytes, &a->length) ? NULL : "an argument is not bytes in lowercase hex";
    int64_t number = 0;
    if (!read_number(word, &number))
        return "an argument is not a number of 64 bits";
    if (kind == 'n') {
        a->numbers[a->numbers_read++] = number;
        return NULL;
    }
    if (kind == 'p')
        return (a->orphan = find_orphan(number)) == NULL ? "out of memory" : NULL;
    if (kind == 'h' && number == 0)
        return NULL;
    struct object *object = find_object(number);
    if (object == NULL)
        return "no object of that number was made";
    *(kind == 't' ? &a->target : &a->object) = object;
    if (kind == 'h')
        a->handle = object->server._server;
    return NULL;
}

static struct outcome do_react(struct arguments *a)
{
    static const char *const actions[] = {"none", "send", "echo", "save", "tick", "destroy", "query", "raise"};
    const int callback = find_word(a->words[1], callback_names, CALLBACKS);
    const int action = find_word(a->words[2], actions, sizeof actions / sizeof *actions);
    char *const argument = a->words[3];
    if (callback < 0 || action < 0)
        return refused("driver", "there is no such callback or action");
    const char *name = actions[action];
    const struct command *command = find_command(strcmp(name, "echo") == 0 ? "send" : name);
    struct reaction reaction = {.action = action == 0 ? NULL : name, .arguments = {.object = a->object}};
    reaction.command = command == NULL ? NULL : command->carry_out;
    const char kind = strcmp(name, "send") == 0 ? 'b' : strcmp(name, "save") == 0 ? 'p' : 'w';
    const char *wrong = argument == NULL ? NULL : read_argument(kind, argument, &reaction.arguments);
    if (wrong != NULL || (argument == NULL && kind != 'w'))
        return refused("driver", wrong != NULL ? wrong : "the action takes an argument");
    if (reaction.arguments.length > 0) { /* the line is overwritten by the next one, the reaction stays */
        if ((reaction.kept = malloc(reaction.arguments.length)) == NULL)
            return refused("driver", "out of memory");
        reaction.arguments.bytes = memcpy(reaction.kept, reaction.arguments.bytes, reaction.arguments.length);
    }
    reaction.arguments.numbers[0] = 1;
    reaction.arguments.numbers[1] = (int64_t)reaction.arguments.length;
    free(a->object->reactions[callback].kept);
    a->object->reactions[callback] = reaction;
    return nothing(0);
}

/* Takes the name and the arguments, `count` words in all and a NULL behind them. */
static struct outcome execute(char **words, int count)
{
    const struct command *command = find_command(words[0]);
    if (command == NULL)
        return (struct outcome){.is = UNSUPPORTED};
    const char *takes = command->takes;
    const int given = count - 1, most = (int)strlen(takes);
    if (given > most || given < most - (strchr(takes, 'v') != NULL))
        return refused("driver", "too few or too many arguments");
    struct arguments a = {.words = words + 1};
    for (int i = 0; i < given; i++) {
        const char *wrong = read_argument(takes[i], a.words[i], &a);
        if (wrong != NULL)
            return refused("driver", wrong);
    }
    if (takes[0] == 's' && !a.object->class->has_server_field)
        return refused("no-server-field", "a plain object has no such method; the compiler turns the call down");
    return command->carry_out(&a);
}

static void forget_everything(void)
{
    while (objects != NULL) {
        struct object *object = objects;
        objects = object->next;
        net_destroy(&object->server);
        for (int i = 0; i < CALLBACKS; i++)
            free(object->reactions[i].kept);
        free(object);
    }
    while (orphans != NULL) {
        struct orphan *orphan = orphans;
        orphans = orphan->next;
        net_close(orphan->handle);
        free(orphan);
    }
    end_child();
}

int main(void)
{
    char *line = NULL;
    size_t room = 0;
    bool stop = false;
    setvbuf(stdout, NULL, _IOFBF, 1 << 18);
    while (!stop && getline(&line, &room, stdin) > 0) {
        char *words[MOST_WORDS + 1] = {NULL};
        int count = 0;
        for (char *word = strtok(line, " \r\n"); word != NULL && count < MOST_WORDS; word = strtok(NULL, " \r\n"))
            words[count++] = word;
        if (count < 2)
            continue;
        sequence = words[0];
        if (strcmp(words[1], "hello") == 0) {
            printf("%s value 1 network-c 0.1.0 C11 core,lowlevel\n", sequence);
        } else {
            struct outcome outcome = {.is = NOTHING};
            stop = strcmp(words[1], "bye") == 0;
            if (stop || strcmp(words[1], "reset") == 0)
                forget_everything();
            else
                outcome = execute(words + 1, count - 1);
            printf("%s ", sequence);
            put_outcome(outcome);
        }
        fflush(stdout); /* after every answer: the suite waits for it */
        sequence = "0";
    }
    forget_everything();
    free(reused);
    free(line);
    return 0;
}
