// Standard output: the lines of the driver, each with the number of the command that it belongs to.
#pragma once

#include <cstdint>
#include <iostream>
#include <string>
#include <string_view>

namespace driver {

/// Writes lines. A line that cannot be written is left alone: when nobody reads, the input ends as well.
class Output {
public:
    /// From now on lines belong to this command; "0" is between commands.
    void begin(std::string_view sequence) { sequence_ = sequence; }

    /// The last line of the command, after which the suite goes on.
    void answer(const std::string &words)
    {
        write(words);
        std::cout.flush(); // after every answer: the suite waits for it
        sequence_ = "0";
    }

    /// A callback, or what came of a reaction.
    void event(std::int64_t object, const std::string &words)
    {
        write("event " + std::to_string(object) + " " + words);
        if (sequence_ == "0") // no command runs: nobody else would flush it
            std::cout.flush();
    }

private:
    void write(const std::string &words) { std::cout << sequence_ << ' ' << words << '\n'; }

    std::string sequence_ = "0";
};

} // namespace driver
