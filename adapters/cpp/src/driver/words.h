// The words of the line protocol (docs/driver-protocol.md), out and in. Nothing here knows the module: a driver for
// another port in C++ takes this file as it is.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace driver {

/// The command itself is wrong: a bug of the suite or of the driver, and no finding about the port.
class WrongCommand : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// UTF-8 as one word, percent-encoded.
std::string text_word(std::string_view text);

/// Bytes as one word of lowercase hex.
std::string bytes_word(std::string_view bytes);

/// The number that a word stands for. Throws WrongCommand.
std::int64_t number_of(std::string_view word);

/// The bytes that a word stands for. Throws WrongCommand.
std::string bytes_of(std::string_view word);

/// The text that a word stands for. Throws WrongCommand.
std::string text_of(std::string_view word);

} // namespace driver
