/*
 * All that the suite gave a number, objects and orphans, with the classes of the objects: their callbacks, which write
 * events and do the reactions that were asked for.
 */
#ifndef OBJECTS_H
#define OBJECTS_H

#include "network.h"
#include "protocol.h"

enum callback { CONNECT, DISCONNECT, DATA, ERROR, LOG, CALLBACKS };
extern const char *const callback_names[CALLBACKS];

struct orphan {
    struct orphan *next;
    int64_t number;
    struct net_handle *handle;
};

/* The arguments of a command, by what they are. */
struct arguments {
    struct object *object, *target;
    struct net_handle *handle;        /* of the object; NULL for object 0 */
    struct net_client_handle *client; /* likewise */
    struct orphan *orphan;
    int64_t numbers[2]; /* in the order in which they stand */
    int numbers_read;
    const uint8_t *bytes;
    size_t length;
    const char *text;
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
    union { /* first: what the module hands to callbacks is this object */
        struct net_server server;
        struct net_client client;
    };
    struct object *next;
    int64_t number;
    const struct net_class *class;
    struct reaction reactions[CALLBACKS];
    char *host; /* with the two below: the arguments of its last connect */
    int64_t port, timeout;
};

/* Writes the number of the command that runs, "0" between commands. */
extern const char *sequence;

/* What came of a call of the module, where the documented function returns nothing and where a boolean. */
struct outcome nothing(int result);
struct outcome boolean(int result);

/* NULL when there is none, or no memory. */
struct object *make_object(int64_t number, int64_t class);
struct object *find_object(int64_t number);
struct orphan *find_orphan(int64_t number); /* made when first named */

/* The record of the object stays: its number is taken until everything is forgotten. */
void destroy(struct object *object);
void forget_everything(void);

#endif
