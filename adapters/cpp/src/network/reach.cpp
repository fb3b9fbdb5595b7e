// Looking a host up, and trying its addresses; reach.h says more.
#include "reach.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <future>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <strings.h>
#include <sys/socket.h>
#include <thread>
#include <vector>

namespace network {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds longest = std::chrono::hours(24); // more is as good as that

[[noreturn]] void fail(std::errc reason)
{
    throw std::system_error(std::make_error_code(reason));
}

struct Address {
    sockaddr_storage place{};
    socklen_t size = 0;

    int family() const noexcept { return place.ss_family; }
    const sockaddr *get() const noexcept { return reinterpret_cast<const sockaddr *>(&place); }
};

// None for a name that is not known, or cannot be one.
std::vector<Address> addresses_of(const std::string &host, std::uint16_t port, int flags)
{
    addrinfo wanted{}, *found = nullptr;
    wanted.ai_socktype = SOCK_STREAM;
    wanted.ai_flags = flags;
    if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found) != 0)
        return {};
    std::vector<Address> addresses;
    for (const addrinfo *each = found; each != nullptr; each = each->ai_next) {
        Address &address = addresses.emplace_back();
        std::memcpy(&address.place, each->ai_addr, each->ai_addrlen);
        address.size = each->ai_addrlen;
    }
    ::freeaddrinfo(found);
    return addresses;
}

// A literal and "localhost" need no look-up. Any other name is looked up on a thread, since no system lets that call be
// given a time; one that takes too long is left to end by itself.
std::vector<Address> look_up(const std::string &host, std::uint16_t port, Clock::time_point end)
{
    if (host.empty() || host.find('\0') != std::string::npos)
        fail(std::errc::invalid_argument);
    if (::strcasecmp(host.c_str(), "localhost") == 0) {
        std::vector<Address> both = addresses_of("127.0.0.1", port, AI_NUMERICHOST);
        const std::vector<Address> second = addresses_of("::1", port, AI_NUMERICHOST);
        both.insert(both.end(), second.begin(), second.end());
        return both;
    }
    std::vector<Address> addresses = addresses_of(host, port, AI_NUMERICHOST);
    if (addresses.empty()) {
        std::packaged_task<std::vector<Address>()> task([host, port] { return addresses_of(host, port, 0); });
        std::future<std::vector<Address>> answer = task.get_future();
        std::thread(std::move(task)).detach();
        if (answer.wait_until(end) != std::future_status::ready)
            fail(std::errc::timed_out);
        addresses = answer.get();
    }
    if (addresses.empty())
        fail(std::errc::no_such_device_or_address);
    return addresses;
}

// False when the time is over.
bool await_connected(int descriptor, Clock::time_point end)
{
    pollfd wanted{descriptor, POLLOUT, 0};
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
        const int ready = ::poll(&wanted, 1, std::max(0, static_cast<int>(left.count())));
        if (ready > 0 || (ready == 0 && left.count() <= 0))
            return ready > 0;
        if (ready < 0 && errno != EINTR)
            throw std::system_error(last_error());
    }
}

// Nobody listens on the port, and the system happened to choose it for this end as well: that is no server.
bool is_itself(int descriptor)
{
    Address own, other;
    own.size = other.size = sizeof own.place;
    return ::getsockname(descriptor, reinterpret_cast<sockaddr *>(&own.place), &own.size) == 0 &&
           ::getpeername(descriptor, reinterpret_cast<sockaddr *>(&other.place), &other.size) == 0 &&
           own.size == other.size && std::memcmp(&own.place, &other.place, own.size) == 0;
}

Socket connected_to(const Address &address, Clock::time_point end)
{
    Socket socket(::socket(address.family(), SOCK_STREAM, 0));
    if (::connect(socket.descriptor(), address.get(), address.size) != 0 && errno != EINPROGRESS)
        throw std::system_error(last_error());
    if (!await_connected(socket.descriptor(), end))
        fail(std::errc::timed_out);
    int reason = 0;
    socklen_t size = sizeof reason;
    if (::getsockopt(socket.descriptor(), SOL_SOCKET, SO_ERROR, &reason, &size) != 0)
        throw std::system_error(last_error());
    if (reason != 0)
        throw std::system_error(reason, std::generic_category());
    if (is_itself(socket.descriptor()))
        fail(std::errc::connection_refused);
    return socket;
}

} // namespace

Socket reach(const std::string &host, std::uint16_t port, std::chrono::milliseconds timeout)
{
    const Clock::time_point end = Clock::now() + std::min(timeout, longest);
    const std::vector<Address> addresses = look_up(host, port, end);
    for (std::size_t i = 0;; i++) {
        const Clock::time_point now = Clock::now();
        const auto share = std::max(end - now, Clock::duration::zero()) / static_cast<int>(addresses.size() - i);
        try {
            return connected_to(addresses[i], now + share); // those that come after it have to have their share
        } catch (const std::system_error &) {
            if (i + 1 == addresses.size())
                throw;
        }
    }
}

} // namespace network
