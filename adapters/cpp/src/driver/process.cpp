// What the system tells of this process; process.h says more.
#include "process.h"

#include "outcome.h"

#include <filesystem>
#include <fstream>
#include <iterator>
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

} // namespace

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
