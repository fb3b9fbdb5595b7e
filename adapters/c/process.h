/*
 * What the system tells of this process. Nothing here knows the module or the line protocol: a driver for another port
 * in C takes it as it is. It reads /dev/fd and /proc and changes nothing.
 */
#ifndef PROCESS_H
#define PROCESS_H

#include <stdint.h>

/* Each is -1 where the system does not tell. */
int64_t count_descriptors(void);
int64_t count_threads(void);
int64_t memory_in_use(void); /* the resident set, in bytes */

#endif
