// What the system tells of this process; process.h says more.
#include "process.h"

#include "outcome.h"

#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <spawn.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace driver {

namespace {

std::int64_t count_entries(const char *directory)
{
    std::error_code error;
    const std::filesystem::directory_iterator found(directory, error);
    if (error)
        throw Unsupported();
    return std::distance(begin(found), end(found));
}

pid_t child = 0;
int child_input = -1; // the child ends when this does

// posix_spawn comes back when the program runs; until then the child holds all that this process has.
bool spawn_idle(int input)
{
    char program[] = "cat";
    char *const words[] = {program, nullptr};
    posix_spawn_file_actions_t actions;
    if (::posix_spawn_file_actions_init(&actions) != 0)
        return false;
    const bool started = ::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO) == 0 &&
                         ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0) == 0 &&
                         ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0) == 0 &&
                         ::posix_spawnp(&child, program, &actions, nullptr, words, environ) == 0;
    ::posix_spawn_file_actions_destroy(&actions);
    return started;
}

} // namespace

bool start_child()
{
    int input[2];
    if (child_input >= 0 || ::pipe(input) != 0)
        return false;
    const bool started = ::fcntl(input[0], F_SETFD, FD_CLOEXEC) == 0 &&
                         ::fcntl(input[1], F_SETFD, FD_CLOEXEC) == 0 && spawn_idle(input[0]);
    ::close(input[0]);
    if (started)
        child_input = input[1];
    else
        ::close(input[1]);
    return started;
}

bool end_child()
{
    if (child_input < 0)
        return false;
    ::close(child_input);
    child_input = -1;
    ::kill(child, SIGKILL);
    return ::waitpid(child, nullptr, 0) == child;
}

std::int64_t count_descriptors()
{
    return count_entries("/dev/fd") - 1; // without the one that reads the directory
}

std::int64_t memory_in_use()
{
    std::int64_t whole = 0, resident = 0; // in pages
    if (std::ifstream statistics("/proc/self/statm"); !(statistics >> whole >> resident))
        throw Unsupported();
    return resident * ::sysconf(_SC_PAGESIZE);
}

std::int64_t count_threads()
{
    return count_entries("/proc/self/task");
}

} // namespace driver
