// One descriptor of the system and who owns it; socket.h says more.
#include "socket.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace network {

Socket::Socket(int descriptor) : descriptor_(descriptor)
{
    bool prepared = descriptor >= 0 && ::fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 &&
                    ::fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0;
#ifdef SO_NOSIGPIPE // where there is no MSG_NOSIGNAL
    const int on = 1;
    prepared = prepared && ::setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on) == 0;
#endif
    if (!prepared) {
        const std::error_code reason = last_error(); // before the close overwrites it
        close();
        throw std::system_error(reason);
    }
}

Socket::Socket(Socket &&other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

Socket &Socket::operator=(Socket &&other) noexcept
{
    if (this != &other) {
        close();
        descriptor_ = std::exchange(other.descriptor_, -1);
    }
    return *this;
}

Socket::~Socket()
{
    close();
}

void Socket::close() noexcept
{
    if (descriptor_ >= 0)
        ::close(descriptor_);
    descriptor_ = -1;
}

std::error_code last_error() noexcept
{
    return {errno, std::generic_category()};
}

bool is_not_now(const std::error_code &reason) noexcept
{
    return reason == std::errc::operation_would_block || reason == std::errc::resource_unavailable_try_again ||
           reason == std::errc::interrupted;
}

} // namespace network
