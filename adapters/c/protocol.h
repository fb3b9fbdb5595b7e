/*
 * The words of the line protocol (docs/driver-protocol.md), out and in. Nothing here knows the module: a driver for
 * another port in C takes this file as it is.
 *
 * Writing goes to standard output, which the driver flushes after each answer.
 */
#ifndef PROTOCOL_H
#define PROTOCOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What came of a command. */
struct outcome {
    enum { NOTHING, BOOLEAN, NUMBER, REFUSED, UNSUPPORTED } is;
    int64_t value;
    const char *kind, *message; /* of a refusal */
};

struct outcome refused(const char *kind, const char *message);

/* The words of an outcome, and the end of the line. */
void put_outcome(struct outcome outcome);
void put_boolean(bool value);
void put_text(const char *text);
void put_bytes(const uint8_t *bytes, size_t length);

/* False for a word that is none. The bytes take the place of their hex digits. */
bool read_number(const char *word, int64_t *number);
bool read_bytes(char *word, const uint8_t **bytes, size_t *length);

/* Likewise for a text; false for one with a zero in it as well, which would end it in C. */
bool read_text(char *word, const char **text);

/* The place of a word in a list, -1 for none. */
int find_word(const char *word, const char *const *words, int count);

#endif
