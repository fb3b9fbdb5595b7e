// The driver: reads commands, one a line, carries them out on the module, writes what came of it. The lines are those
// of docs/driver-protocol.md.
//
// SIGPIPE is left as the system set it: the module has to survive a peer that has gone by itself.
#include "driver/commands.h"
#include "driver/output.h"
#include "driver/registry.h"

#include <algorithm>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr const char *greeting = "value 1 network-cpp 0.1.0 C%2B%2B17 core,lowlevel,client,client-lowlevel";

std::vector<std::string_view> split(std::string_view line)
{
    std::vector<std::string_view> words;
    if (!line.empty() && line.back() == '\r')
        line.remove_suffix(1);
    for (std::size_t begin = 0; begin < line.size();) {
        const std::size_t end = std::min(line.find(' ', begin), line.size());
        words.push_back(line.substr(begin, end - begin));
        begin = end + 1;
    }
    return words;
}

} // namespace

int main()
{
    std::ios::sync_with_stdio(false);
    driver::Output output;
    driver::Registry registry(output);
    // What stands behind the last end of line is no command.
    for (std::string line; std::getline(std::cin, line) && !std::cin.eof();) {
        std::vector<std::string_view> words = split(line);
        if (words.size() < 2)
            continue;
        output.begin(words[0]);
        const std::string_view name = words[1];
        if (name == "hello")
            output.answer(greeting);
        else
            output.answer(driver::carry_out(registry, name, {words.begin() + 2, words.end()}));
        if (name == "bye")
            return 0;
    }
    return 0;
}
