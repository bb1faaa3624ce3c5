#pragma once

#include <CLI/CLI.hpp>

namespace syncline::cli {

// Parses the line with every word as it was given; CLI11 would take `[a,b]` apart as a list, and
// `++` as the end of a command. Throws CLI::ParseError, also for --help.
void parse_words(CLI::App& app, int argc, const char* const* argv);

}  // namespace syncline::cli
