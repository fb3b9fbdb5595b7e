/* What the system tells of this process; process.h says more. */
#define _POSIX_C_SOURCE 200809L
#include "process.h"

#include <dirent.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

static int64_t count_entries(const char *name)
{
    DIR *directory = opendir(name);
    if (directory == NULL)
        return -1;
    int64_t count = 0;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(directory);
    return count;
}

int64_t count_descriptors(void)
{
    const int64_t count = count_entries("/dev/fd");
    return count < 0 ? count : count - 1; /* without the one that reads the directory */
}

int64_t count_threads(void)
{
    return count_entries("/proc/self/task");
}

int64_t memory_in_use(void)
{
    FILE *statistics = fopen("/proc/self/statm", "r");
    if (statistics == NULL)
        return -1;
    int64_t whole, resident; /* in pages */
    const int read = fscanf(statistics, "%" SCNd64 " %" SCNd64, &whole, &resident);
    fclose(statistics);
    return read == 2 ? resident * sysconf(_SC_PAGESIZE) : -1;
}
