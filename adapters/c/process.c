/* What the system tells of this process; process.h says more. */
#define _POSIX_C_SOURCE 200809L
#include "process.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t child = 0;
static int child_input = -1; /* the child ends when this does */

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

static bool spawn_idle(const int input[2])
{
    extern char **environ;
    char *const words[] = {"cat", NULL};
    posix_spawn_file_actions_t actions;
    if (posix_spawn_file_actions_init(&actions) != 0)
        return false;
    /* posix_spawn comes back when the program runs; until then the child holds all that this process has. */
    const bool started = posix_spawn_file_actions_adddup2(&actions, input[0], STDIN_FILENO) == 0 &&
                         posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0) == 0 &&
                         posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0) == 0 &&
                         posix_spawnp(&child, words[0], &actions, NULL, words, environ) == 0;
    posix_spawn_file_actions_destroy(&actions);
    return started;
}

bool start_child(void)
{
    int input[2];
    if (child_input >= 0 || pipe(input) != 0)
        return false;
    const bool started = fcntl(input[0], F_SETFD, FD_CLOEXEC) == 0 && fcntl(input[1], F_SETFD, FD_CLOEXEC) == 0 &&
                         spawn_idle(input);
    close(input[0]);
    if (started)
        child_input = input[1];
    else
        close(input[1]);
    return started;
}

bool end_child(void)
{
    if (child_input < 0)
        return false;
    close(child_input);
    child_input = -1;
    kill(child, SIGKILL);
    return waitpid(child, NULL, 0) == child;
}
