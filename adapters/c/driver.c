/*
 * The driver: reads commands, one a line, has them carried out, writes what came of it. The lines are those of
 * docs/driver-protocol.md. commands.c has a line for each command, objects.c the classes whose callbacks write events.
 *
 * SIGPIPE is left as the system set it: the module has to survive a peer that has gone by itself.
 */
#define _POSIX_C_SOURCE 200809L
#include "commands.h"
#include "process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_WORDS = 8 };

/* NULL, or what is wrong with the argument. */
static const char *read_argument(char kind, char *word, struct arguments *a)
{
    if (kind == 'w' || kind == 'v')
        return NULL;
    if (kind == 'b')
        return read_bytes(word, &a->bytes, &a->length) ? NULL : "an argument is not bytes in lowercase hex";
    if (kind == 'x')
        return read_text(word, &a->text) ? NULL : "an argument is not a text that C can hold";
    int64_t number = 0;
    if (!read_number(word, &number))
        return "an argument is not a number of 64 bits";
    if (kind == 'n') {
        a->numbers[a->numbers_read++] = number;
        return NULL;
    }
    if (kind == 'p')
        return (a->orphan = find_orphan(number)) == NULL ? "out of memory" : NULL;
    if ((kind == 'h' || kind == 'k') && number == 0)
        return NULL;
    struct object *object = find_object(number);
    if (object == NULL)
        return "no object of that number was made";
    *(kind == 't' ? &a->target : &a->object) = object;
    if (kind == 'h' && object->class->has_server_field)
        a->handle = object->server._server;
    if (kind == 'k' && object->class->has_client_field)
        a->client = object->client._client;
    return NULL;
}

static struct outcome do_react(struct arguments *a)
{
    static const char *const actions[] = {"none",  "send",  "echo",    "save",  "tick",        "destroy",
                                          "query", "raise", "connect", "close", "is_connected"};
    const int callback = find_word(a->words[1], callback_names, CALLBACKS);
    const int action = find_word(a->words[2], actions, sizeof actions / sizeof *actions);
    char *const argument = a->words[3];
    if (callback < 0 || action < 0)
        return refused("driver", "there is no such callback or action");
    const char *name = actions[action];
    const struct command *command = find_command(strcmp(name, "echo") == 0 ? "send" : name);
    struct reaction reaction = {.action = action == 0 ? NULL : name, .arguments = {.object = a->object}};
    reaction.command = command == NULL || misfit(command, a->object) != NULL ? NULL : command->carry_out;
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
    static const struct command react = {"react", "owwv", do_react};
    const struct command *command = strcmp(words[0], "react") == 0 ? &react : find_command(words[0]);
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
    const char *wrong = a.object == NULL ? NULL : misfit(command, a.object);
    return wrong != NULL ? refused("no-such-method", wrong) : command->carry_out(&a);
}

static void forget(void)
{
    forget_everything();
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
            printf("%s value 1 network-c 0.1.0 C11 core,lowlevel,client,client-lowlevel\n", sequence);
        } else {
            struct outcome outcome = {.is = NOTHING};
            stop = strcmp(words[1], "bye") == 0;
            if (stop || strcmp(words[1], "reset") == 0)
                forget();
            else
                outcome = execute(words + 1, count - 1);
            printf("%s ", sequence);
            put_outcome(outcome);
        }
        fflush(stdout); /* after every answer: the suite waits for it */
        sequence = "0";
    }
    forget();
    free_commands();
    free(line);
    return 0;
}
