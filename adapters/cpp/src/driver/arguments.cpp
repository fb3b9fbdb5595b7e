// The arguments of a command; arguments.h says more.
#include "arguments.h"

#include "words.h"

namespace driver {

std::int64_t Arguments::number(std::size_t place) const
{
    return number_of(words_.at(place));
}

std::string Arguments::bytes(std::size_t place) const
{
    return bytes_of(words_.at(place));
}

std::string Arguments::text(std::size_t place) const
{
    return text_of(words_.at(place));
}

Destination Arguments::destination(std::size_t place) const
{
    return {text(place), number(place + 1), std::chrono::milliseconds(number(place + 2))};
}

int Arguments::port(std::size_t place) const
{
    return Destination{"", number(place), {}}.int_port();
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

network::ClientHandle Arguments::client_handle(std::size_t place) const
{
    return number(place) == 0 ? nullptr : object(place).client_handle();
}

} // namespace driver
