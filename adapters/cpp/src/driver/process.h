// What the system tells of this process.
#pragma once

#include <cstdint>

namespace driver {

/// Open files and sockets. This and the next two throw Unsupported where the system does not tell.
std::int64_t count_descriptors();

/// Bytes of memory in use, the resident set.
std::int64_t memory_in_use();

std::int64_t count_threads();

} // namespace driver
