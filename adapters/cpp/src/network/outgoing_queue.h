// The bytes that wait to be sent, first in, first out. Touches nothing.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace network {

/// Bytes in the order in which they are to leave. Appending and dropping cost their own length, on average.
class OutgoingQueue {
public:
    /// The most bytes that may wait: a peer that never reads is not worth more.
    static constexpr std::size_t limit = 64 * 1024 * 1024;

    bool empty() const noexcept { return first_ == bytes_.size(); }
    std::size_t size() const noexcept { return bytes_.size() - first_; }
    bool has_room_for(std::size_t more) const noexcept { return more <= limit - size(); }

    /// What is to leave next: all of it. Valid until the queue changes.
    std::string_view front() const noexcept { return std::string_view(bytes_).substr(first_); }

    /// Adds behind the others, all or, when it throws std::bad_alloc, nothing.
    void append(std::string_view bytes)
    {
        if (first_ > size()) { // more room was left behind than there is to move
            bytes_.erase(0, first_);
            first_ = 0;
        }
        bytes_.append(bytes);
    }

    /// Drops bytes that have left, at most `size()`.
    void drop(std::size_t count) noexcept
    {
        first_ += count;
        if (empty())
            clear();
    }

    void clear() noexcept
    {
        std::string().swap(bytes_); // a flood that is over needs no memory
        first_ = 0;
    }

private:
    std::string bytes_;
    std::size_t first_ = 0; // of `bytes_` that has not left
};

} // namespace network
