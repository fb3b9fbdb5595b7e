// What the system tells of this process, and one child process.
#pragma once

#include <cstdint>

namespace driver {

/// Open files and sockets. This and the next two throw Unsupported where the system does not tell.
std::int64_t count_descriptors();

/// Bytes of memory in use, the resident set.
std::int64_t memory_in_use();

std::int64_t count_threads();

/// A process that inherits every descriptor which is not marked as close-on-exec, and does nothing. It ends with this one
/// at the latest. False where there is one already, or none can be started.
bool start_child();

/// Ends it, and waits until it is gone. False where there is none.
bool end_child();

} // namespace driver
