// What an object is told to do inside its callbacks.
#pragma once

#include "arguments.h"

namespace driver {

/// Carries out `react`: the arguments are the object, the callback, the action, and the action's argument. Throws
/// WrongCommand.
void react(const Arguments &arguments);

} // namespace driver
