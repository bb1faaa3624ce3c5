#pragma once

#include <cstddef>
#include <filesystem>

#include "settings.hpp"
#include "syncline/replica.hpp"

namespace syncline::bench {

inline constexpr const char* kStepsCollection = "steps";

// The file of hourly steps: the given one, or else one of the same shape (33 people, an hour a row,
// four columns) that is written into the directory.
[[nodiscard]] std::filesystem::path steps_file(const Settings& settings,
                                               const std::filesystem::path& directory);

// Writes the file's rows, at most so many of them, by the code of the command's import: 1,000 a
// transaction, each read first and only what differs written. Answers how many rows there were.
std::size_t import_steps(Replica& replica, const std::filesystem::path& file,
                         std::size_t rows_max = static_cast<std::size_t>(-1));

}  // namespace syncline::bench
