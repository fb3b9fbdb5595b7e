/*
 * The commands of the protocol, each with the one call of the module that it stands for. What they are given was read
 * before; they write nothing.
 */
#ifndef COMMANDS_H
#define COMMANDS_H

#include "objects.h"

/* What follows the name, a letter for each argument: s an object of a class derived from Server, c from Client, e from
 * either, o any object, h one for its server's handle or 0, k one for its client's handle or 0, t one more object, p an
 * orphan, n a number, b bytes, x a text, w a word, v a word that may be missing. */
struct command {
    const char *name, *takes;
    carry_out carry_out;
};

/* NULL for none. */
const struct command *find_command(const char *name);

/* NULL, or what is wrong with the object as the first argument: its class has no such method. */
const char *misfit(const struct command *command, const struct object *object);

/* Gives back what commands have kept. */
void free_commands(void);

#endif
