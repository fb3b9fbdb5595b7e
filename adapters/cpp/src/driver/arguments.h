// The arguments of a command, read by what they are.
#pragma once

#include "registry.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace driver {

/// The words behind the name of a command, by their places, the first being 0. Each function throws WrongCommand for a
/// word that cannot be read, or names what was never made.
class Arguments {
public:
    Arguments(Registry &registry, std::vector<std::string_view> words) : registry_(registry), words_(std::move(words))
    {
    }

    /// Where all numbers stand for something.
    Registry &registry() const noexcept { return registry_; }

    std::size_t count() const noexcept { return words_.size(); }
    std::string word(std::size_t place) const { return std::string(words_.at(place)); }
    std::int64_t number(std::size_t place) const;
    std::string bytes(std::size_t place) const;
    std::string text(std::size_t place) const;

    /// A port number. Throws Refused for one that does not fit an int, before it wraps.
    int port(std::size_t place) const;

    /// Host, port and timeout, at three places.
    Destination destination(std::size_t place) const;

    /// Bytes, how often they are repeated, and the size, at three places. As much of the buffer is built as the
    /// size asks for.
    std::string buffer(std::size_t place) const;

    Entry &object(std::size_t place) const { return registry_.object(number(place)); }

    /// The object of the port. Throws Refused where there is none.
    network::Server &server(std::size_t place) const { return object(place).server(); }
    network::Client &client(std::size_t place) const { return object(place).client(); }

    /// The handle in an object's field; null for object 0.
    network::Handle handle(std::size_t place) const;
    network::ClientHandle client_handle(std::size_t place) const;

    network::Handle &orphan(std::size_t place) const { return registry_.orphan(number(place)); }

private:
    Registry &registry_;
    std::vector<std::string_view> words_;
};

} // namespace driver
