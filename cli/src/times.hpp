#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

namespace syncline::cli {

// A time since 1970 for people, in UTC; "never" for 0.
[[nodiscard]] std::string time_text(std::int64_t milliseconds);

// The milliseconds since 1970 of a time in UTC: a day (2026-03-01), a minute or a second of it
// (2026-03-01T08:30, or with a space), with or without Z or UTC behind, as time_text has it.
// Nothing if it is no such time.
[[nodiscard]] std::optional<std::int64_t> parse_time(const std::string& text);

// Adds an option whose value is such a time.
CLI::Option* add_time(CLI::App& app, const std::string& name, std::int64_t& milliseconds,
                      const std::string& about);

}  // namespace syncline::cli
