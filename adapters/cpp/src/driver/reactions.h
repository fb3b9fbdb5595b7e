// What an object is told to do inside its callbacks.
#pragma once

#include "parameters.h"
#include "registry.h"

namespace driver {

/// Carries out `react`, of which the callback, the action and its argument are left to read. Throws WrongCommand for what
/// is none.
void react(Entry &entry, Registry &registry, Arguments &rest);

} // namespace driver
