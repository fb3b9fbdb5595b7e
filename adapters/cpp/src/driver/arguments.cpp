// The arguments of a command; arguments.h says more.
#include "arguments.h"

#include "outcome.h"
#include "words.h"

#include <limits>

namespace driver {

std::int64_t Arguments::number(std::size_t place) const
{
    return number_of(words_.at(place));
}

std::string Arguments::bytes(std::size_t place) const
{
    return bytes_of(words_.at(place));
}

int Arguments::port(std::size_t place) const
{
    const std::int64_t port = number(place);
    if (port < std::numeric_limits<int>::min() || port > std::numeric_limits<int>::max())
        throw Refused("out-of-range", "port " + std::to_string(port) + " does not fit an int");
    return static_cast<int>(port);
}

std::string Arguments::buffer(std::size_t place) const
{
    const std::string piece = bytes(place);
    const std::int64_t repeat = number(place + 1), size = number(place + 2);
    if (repeat < 0)
        throw WrongCommand("nothing is repeated less than 0 times");
    const auto enough = static_cast<std::size_t>(size < 0 ? 0 : size);
    std::string whole;
    for (std::int64_t i = 0; i < repeat && !piece.empty() && whole.size() < enough; i++)
        whole += piece;
    return whole;
}

network::Handle Arguments::handle(std::size_t place) const
{
    return number(place) == 0 ? nullptr : object(place).handle();
}

} // namespace driver
