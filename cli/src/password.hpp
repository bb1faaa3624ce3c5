#pragma once

#include "syncline/error.hpp"
#include "syncline/secret.hpp"

namespace syncline::cli {

// Reads a line from the terminal without showing it. A signal that would end the program does so,
// once the terminal shows again what is typed. Errors: invalid_argument if nothing was typed.
[[nodiscard]] Result<Secret> ask_password();

}  // namespace syncline::cli
