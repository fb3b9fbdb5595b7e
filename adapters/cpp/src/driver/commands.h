// The commands of the protocol, each with the one call of the module that it stands for.
#pragma once

#include "registry.h"

#include <string>
#include <string_view>
#include <vector>

namespace driver {

/// Carries out the command of a name and gives the words of the outcome. The words are the arguments.
std::string carry_out(Registry &registry, std::string_view name, std::vector<std::string_view> words);

} // namespace driver
