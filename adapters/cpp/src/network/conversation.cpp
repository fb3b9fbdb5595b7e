// What both handles share; conversation.h says more.
#include "conversation.h"

#include "errors.h"

#include <utility>

namespace network {

namespace {

constexpr int reads_per_tick = 16; // with full chunks 1 MiB: a peer that floods must not freeze the host's frame

} // namespace

bool Conversation::report(const std::string &what, const std::error_code &reason)
{
    if (Callbacks *owner = owner_.get())
        owner->on_error(what + ": " + reason.message(), reason.value());
    return false;
}

void Conversation::log(const std::string &message)
{
    if (Callbacks *owner = owner_.get())
        owner->on_log(message);
}

bool Conversation::send(std::string_view data, std::int64_t size)
{
    if (size < 0 || static_cast<std::uint64_t>(size) > data.size())
        throw BadSize(size, data.size()); // no byte that the host did not give leaves it [send.size]
    const std::string_view part = data.substr(0, static_cast<std::size_t>(size));
    if (!connection_)
        return report("nothing sent", std::make_error_code(std::errc::not_connected));
    // All or nothing: first the room for every byte, then the attempt to send.
    OutgoingQueue &queue = connection_->outgoing();
    if (!queue.has_room_for(part.size()))
        return report("nothing sent, for " + std::to_string(queue.size()) + " bytes wait already",
                      std::make_error_code(std::errc::no_buffer_space));
    queue.append(part);
    return flush();
}

void Conversation::welcome(Socket socket, const std::string &message)
{
    connection_ = std::make_unique<Connection>(std::move(socket));
    if (Callbacks *owner = owner_.get())
        owner->on_connect();
    log(message);
}

bool Conversation::flush()
{
    const std::error_code failure = connection_->flush();
    return !failure || report(std::string("the ") + peer_ + " cannot be sent to", failure);
}

void Conversation::receive_all()
{
    for (int reads = 0; has_owner() && reads < reads_per_tick && receive(); reads++)
        continue;
}

// The departure is found by receiving and by nothing else, so every byte that came is told before it [tick.data]. A
// peer that has only shut down its side is kept until it was sent what was accepted for it [send.result].
bool Conversation::receive()
{
    if (!connection_)
        return false;
    const Connection::Received received = connection_->receive(chunk_);
    if (const auto *bytes = std::get_if<std::string_view>(&received)) {
        if (Callbacks *owner = owner_.get())
            owner->on_data(*bytes);
        return true;
    }
    if (const auto *ended = std::get_if<Ended>(&received)) {
        if (ended->reason || connection_->outgoing().empty())
            return departure(ended->reason);
    }
    return false;
}

// A departure ends the tick, so that the host sees is_connected false between two connections.
bool Conversation::departure(const std::error_code &reason)
{
    connection_.reset();
    if (Callbacks *owner = owner_.get())
        owner->on_disconnect();
    log(std::string("the ") + peer_ + " left: " + (reason ? reason.message() : "end of its bytes"));
    return false;
}

} // namespace network
