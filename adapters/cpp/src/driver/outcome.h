// What came of a call, as the words that end an answer.
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <type_traits>
#include <utility>

namespace driver {

/// The driver cannot carry the call out, and what it says of the port: the language has no such call, or its types
/// cannot carry the argument.
class Refused : public std::exception {
public:
    /// The kind is of lowercase letters, digits and `-`.
    Refused(std::string kind, std::string message) : kind_(std::move(kind)), message_(std::move(message)) {}

    const std::string &kind() const noexcept { return kind_; }
    const char *what() const noexcept override { return message_.c_str(); }

private:
    std::string kind_, message_;
};

/// There is no such command, or the language cannot write the call.
class Unsupported : public std::exception {};

/// The words for what a function returned.
std::string value_words(bool value);
std::string value_words(std::int64_t number);

/// The three answers of a query inside a callback.
struct Answers {
    bool has_session, is_open, is_connected;
};
std::string value_words(const Answers &answers);

/// The words for the exception that is being handled. Call it in a catch block.
std::string error_words();

/// Makes a call and gives the words for what came of it.
template <class Call>
std::string outcome_of(const Call &call)
{
    try {
        if constexpr (std::is_void_v<decltype(call())>) {
            call();
            return "value";
        } else {
            return value_words(call());
        }
    } catch (...) {
        return error_words();
    }
}

} // namespace driver
