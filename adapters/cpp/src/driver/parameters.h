// How the arguments of a command become the parameters of the function that carries it out, by their types.
#pragma once

#include "outcome.h"
#include "registry.h"
#include "words.h"

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace driver {

/// The arguments of a command, read from left to right.
class Arguments {
public:
    explicit Arguments(std::vector<std::string_view> words) : words_(std::move(words)) {}

    bool at_end() const noexcept { return next_ == words_.size(); }

    /// The next word. Throws WrongCommand when there is none.
    std::string_view word()
    {
        if (at_end())
            throw WrongCommand("an argument is missing");
        return words_[next_++];
    }

    /// Throws WrongCommand when a word is left.
    void end() const
    {
        if (!at_end())
            throw WrongCommand("there is an argument too many");
    }

private:
    std::vector<std::string_view> words_;
    std::size_t next_ = 0;
};

/// A port number; the module takes it as int.
struct Port {
    int number;
};

/// The bytes, repeated. As much of it is built as the size asks for.
struct Buffer {
    std::string bytes;
    std::int64_t size;
};

/// The handle in an object's field; null for object 0.
struct HandleOf {
    network::Handle handle;
};

/// An orphan.
struct Orphan {
    network::Handle &handle;
};

// How each kind of parameter is read. A function of the table below has no other kinds.
template <class Parameter>
struct Reader;

template <>
struct Reader<std::int64_t> {
    static std::int64_t read(Registry &, Arguments &arguments) { return number_of(arguments.word()); }
};

template <>
struct Reader<Entry &> {
    static Entry &read(Registry &registry, Arguments &arguments) { return registry.object(number_of(arguments.word())); }
};

template <>
struct Reader<network::Server &> {
    static network::Server &read(Registry &registry, Arguments &arguments)
    {
        return registry.object(number_of(arguments.word())).server();
    }
};

template <>
struct Reader<HandleOf> {
    static HandleOf read(Registry &registry, Arguments &arguments)
    {
        const std::int64_t number = number_of(arguments.word());
        return {number == 0 ? nullptr : registry.object(number).handle()};
    }
};

template <>
struct Reader<Orphan> {
    static Orphan read(Registry &registry, Arguments &arguments) { return {registry.orphan(number_of(arguments.word()))}; }
};

template <>
struct Reader<Port> {
    static Port read(Registry &, Arguments &arguments)
    {
        const std::int64_t number = number_of(arguments.word());
        if (number < std::numeric_limits<int>::min() || number > std::numeric_limits<int>::max())
            throw Refused("out-of-range", "the port does not fit an int"); // before it wraps
        return {static_cast<int>(number)};
    }
};

template <>
struct Reader<Buffer> {
    static Buffer read(Registry &, Arguments &arguments)
    {
        const std::string piece = bytes_of(arguments.word());
        const std::int64_t repeat = number_of(arguments.word()), size = number_of(arguments.word());
        if (repeat < 0)
            throw WrongCommand("nothing is repeated less than 0 times");
        Buffer buffer{{}, size};
        const auto enough = static_cast<std::size_t>(size < 0 ? 0 : size);
        for (std::int64_t i = 0; i < repeat && !piece.empty() && buffer.bytes.size() < enough; i++)
            buffer.bytes += piece;
        return buffer;
    }
};

template <>
struct Reader<Registry &> {
    static Registry &read(Registry &registry, Arguments &) { return registry; }
};

template <>
struct Reader<Arguments &> {
    static Arguments &read(Registry &, Arguments &arguments) { return arguments; } // for a command that reads the rest
};

/// A command: reads its arguments, makes the call, and gives the words of the outcome.
using Command = std::function<std::string(Registry &registry, Arguments &arguments)>;

namespace detail {

template <class Result, class Function, class... Parameters>
Command command_of(Function function, Result (Function::*)(Parameters...) const)
{
    return [function](Registry &registry, Arguments &arguments) {
        return outcome_of([&]() -> Result {
            // Braces, because they are read from left to right.
            std::tuple<Parameters...> parameters{Reader<Parameters>::read(registry, arguments)...};
            if constexpr (!(std::is_same_v<Parameters, Arguments &> || ...))
                arguments.end();
            return std::apply(function, std::move(parameters));
        });
    };
}

} // namespace detail

/// The command that a function carries out, whose parameters say what the arguments are.
template <class Function>
Command command(Function function)
{
    return detail::command_of(function, &Function::operator());
}

} // namespace driver
