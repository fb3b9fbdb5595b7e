// The classes A and B of servers and of clients, whose callbacks write events and do reactions.
#pragma once

#include "../network/client.h"
#include "../network/server.h"
#include "entry.h"
#include "words.h"

#include <string>
#include <string_view>

namespace driver {

/// A class derived from Server or Client that overrides all five callbacks; the letter makes it one of two. A reaction
/// may destroy the object, so a callback does nothing behind it.
template <class Base, char Letter>
class Recorder : public Base {
public:
    explicit Recorder(Entry &entry) : entry_(entry) {}

    void on_connect() override { entry_.fired("connect", ""); }
    void on_disconnect() override { entry_.fired("disconnect", ""); }
    void on_data(std::string_view bytes) override
    {
        entry_.fired("data", " " + std::to_string(bytes.size()) + " " + bytes_word(bytes), bytes);
    }
    void on_error(const std::string &message, int code) override
    {
        entry_.fired("error", " " + std::to_string(code) + " " + text_word(message));
    }
    void on_log(const std::string &message) override { entry_.fired("log", " " + text_word(message)); }

private:
    Entry &entry_;
};

/// Derived from Server or Client, and overrides nothing.
template <class Base>
class Silent : public Base {};

} // namespace driver
