// The words of the line protocol; words.h says more.
#include "words.h"

#include <charconv>

namespace driver {

namespace {

bool is_plain(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '~' || c == '-';
}

void put_digits(std::string &word, char byte, const char *digits)
{
    const auto value = static_cast<unsigned char>(byte);
    word += digits[value >> 4];
    word += digits[value & 15];
}

int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    throw WrongCommand("an argument is not bytes in lowercase hex");
}

} // namespace

std::string text_word(std::string_view text)
{
    if (text.empty())
        return "-";
    if (text == "-")
        return "%2D";
    std::string word;
    for (const char c : text) {
        if (is_plain(c)) {
            word += c;
        } else {
            word += '%';
            put_digits(word, c, "0123456789ABCDEF");
        }
    }
    return word;
}

std::string bytes_word(std::string_view bytes)
{
    if (bytes.empty())
        return "-";
    std::string word;
    word.reserve(2 * bytes.size());
    for (const char byte : bytes)
        put_digits(word, byte, "0123456789abcdef");
    return word;
}

std::int64_t number_of(std::string_view word)
{
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (error != std::errc() || end != word.data() + word.size())
        throw WrongCommand("an argument is not a number of 64 bits");
    return number;
}

std::string bytes_of(std::string_view word)
{
    if (word == "-")
        return {};
    if (word.size() % 2 != 0)
        throw WrongCommand("an argument has half a byte");
    std::string bytes;
    bytes.reserve(word.size() / 2);
    for (std::size_t i = 0; i < word.size(); i += 2)
        bytes += static_cast<char>(digit(word[i]) << 4 | digit(word[i + 1]));
    return bytes;
}

std::string text_of(std::string_view word)
{
    if (word == "-")
        return {};
    std::string text;
    for (std::size_t i = 0; i < word.size(); i++) {
        unsigned value = static_cast<unsigned char>(word[i]);
        if (word[i] == '%') {
            const std::string_view digits = word.substr(i + 1, 2);
            const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
            if (error != std::errc() || end != digits.data() + 2)
                throw WrongCommand("an argument is not a percent-encoded text");
            i += 2;
        }
        text += static_cast<char>(value);
    }
    return text;
}

} // namespace driver
