// The handle; network_server.h says more.
#include "network_server.h"

#include "errors.h"

#include <limits>

namespace network {

namespace {

constexpr int reads_per_tick = 16; // with full chunks 1 MiB: a client that floods must not freeze the host's frame

// True from construction to destruction, however the scope is left.
class Raised {
public:
    explicit Raised(bool &flag) : flag_(flag) { flag_ = true; }
    Raised(const Raised &) = delete;
    Raised &operator=(const Raised &) = delete;
    ~Raised() { flag_ = false; }

private:
    bool &flag_;
};

} // namespace

void NetworkServer::close() noexcept
{
    unbind();
    client_.reset();
    listener_.reset();
}

// The error callback; gives the "false" that its callers return.
bool NetworkServer::report(const std::string &what, const std::error_code &reason)
{
    if (Callbacks *owner = owner_.get())
        owner->on_error(what + ": " + reason.message(), reason.value());
    return false;
}

void NetworkServer::log(const std::string &message)
{
    if (Callbacks *owner = owner_.get())
        owner->on_log(message);
}

bool NetworkServer::init(int port)
{
    const std::string what = "cannot listen on port " + std::to_string(port);
    if (is_open())
        return report(what + " beside the one before", std::make_error_code(std::errc::connection_already_in_progress));
    // Cut to 16 bits a wrong number would open some other port. And 0, by which the system picks one, is of no use to a
    // host that has no way to ask which.
    if (port < 1 || port > std::numeric_limits<std::uint16_t>::max())
        return report(what + ", which does not exist", std::make_error_code(std::errc::invalid_argument));
    try {
        listener_.emplace(static_cast<std::uint16_t>(port));
    } catch (const std::system_error &error) {
        return report(what, error.code());
    }
    return true;
}

bool NetworkServer::send(std::string_view data, std::int64_t size)
{
    if (size < 0 || static_cast<std::uint64_t>(size) > data.size())
        throw BadSize(size, data.size()); // no byte that the host did not give leaves it [send.size]
    const std::string_view part = data.substr(0, static_cast<std::size_t>(size));
    if (!client_)
        return report("nothing sent", std::make_error_code(std::errc::not_connected));
    // All or nothing: first the room for every byte, then the attempt to send.
    OutgoingQueue &queue = client_->outgoing();
    if (!queue.has_room_for(part.size()))
        return report("nothing sent, for " + std::to_string(queue.size()) + " bytes wait already",
                      std::make_error_code(std::errc::no_buffer_space));
    queue.append(part);
    return flush();
}

void NetworkServer::tick()
{
    // Without an owner nothing is done, so that nothing is lost between save and restore [save.reload].
    if (!is_open() || owner_.get() == nullptr || ticking_)
        return;
    const Raised ticking(ticking_);
    bool go_on = is_connected() ? flush() : take_client();
    for (int reads = 0; go_on && owner_.get() != nullptr && reads < reads_per_tick; reads++)
        go_on = receive();
}

bool NetworkServer::take_client()
{
    try {
        std::optional<Socket> socket = listener_->accept();
        accept_failed_ = false;
        if (!socket)
            return false;
        client_.emplace(*std::move(socket));
    } catch (const std::system_error &error) {
        // Out of descriptors, say: the client keeps waiting and every tick tries again, but one report will do.
        if (accept_failed_)
            return false;
        accept_failed_ = true;
        return report("a client waits and cannot be taken yet", error.code());
    }
    if (Callbacks *owner = owner_.get())
        owner->on_connect();
    log("a client was taken");
    return true;
}

// Passes on what waits to be sent.
bool NetworkServer::flush()
{
    const std::error_code failure = client_->flush();
    return !failure || report("the client cannot be sent to", failure);
}

// The departure is found by receiving and by nothing else, so every byte that came is told before it [tick.data]. A
// client that has only shut down its side is kept until it was sent what was accepted for it [send.result].
bool NetworkServer::receive()
{
    if (!client_)
        return false;
    const Connection::Received received = client_->receive(chunk_);
    if (const auto *bytes = std::get_if<std::string_view>(&received)) {
        if (Callbacks *owner = owner_.get())
            owner->on_data(*bytes);
        return true;
    }
    if (const auto *ended = std::get_if<Ended>(&received)) {
        if (ended->reason || client_->outgoing().empty())
            return departure(ended->reason);
    }
    return false;
}

// A departure ends the tick, so that the host sees is_connected false between two clients.
bool NetworkServer::departure(const std::error_code &reason)
{
    client_.reset();
    if (Callbacks *owner = owner_.get())
        owner->on_disconnect();
    log("the client left: " + (reason ? reason.message() : "end of its bytes"));
    return false;
}

} // namespace network
