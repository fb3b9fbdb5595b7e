/*
 * What the system tells of this process, and one child process. Nothing here knows the module or the line protocol: a
 * driver for another port in C takes it as it is. It reads /dev/fd and /proc, and starts and ends `cat`.
 */
#ifndef PROCESS_H
#define PROCESS_H

#include <stdbool.h>
#include <stdint.h>

/* Each is -1 where the system does not tell. */
int64_t count_descriptors(void);
int64_t count_threads(void);
int64_t memory_in_use(void); /* the resident set, in bytes */

/* The child inherits every descriptor that is not marked as close-on-exec, and ends with this process at the latest.
 * False when one is there already, or when none can be started. */
bool start_child(void);
/* Waits until it is gone. False when there is none. */
bool end_child(void);

#endif
