#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace syncline::bench {

// The unit says what a greater figure means: more of kPerSecond is better, less of the others.
enum class Unit {
  kPerSecond,
  kSeconds,
  kMilliseconds,
  kBytes,
  kBytesPerOp,
  kRequests,
  kOpsPerSlot
};

[[nodiscard]] std::string_view unit_name(Unit unit);

// One line of the table. A measurement that could not be made has no samples, and `note` says why.
struct Measurement {
  std::string name;
  Unit unit = Unit::kSeconds;
  std::vector<double> samples;
  std::string baseline;  // what the baseline is; empty for none
  std::vector<double> baseline_samples;
  std::string note;  // of how much it was measured

  // How many times the baseline's cost this is: 1 is as fast, 2 takes twice as long.
  [[nodiscard]] std::optional<double> ratio() const;
  // How far apart the samples lie, as a part of their median.
  [[nodiscard]] double spread() const;
};

// Of one sample or more.
[[nodiscard]] double median(std::vector<double> samples);

// Seconds that a call takes.
[[nodiscard]] double seconds_of(const std::function<void()>& run);

// A contender prepares itself, runs and answers the seconds of each of its parts.
using Contender = std::function<std::vector<double>()>;

// Seconds by contender, part and round. The contenders take turns, and each round another one is
// the first, so that whatever else the machine does meets all of them.
using Seconds = std::vector<std::vector<std::vector<double>>>;
[[nodiscard]] Seconds race(std::size_t rounds, const std::vector<Contender>& contenders);

// So many of something in each of these times, per second.
[[nodiscard]] std::vector<double> rates(std::size_t count, const std::vector<double>& seconds);
// The times in milliseconds.
[[nodiscard]] std::vector<double> milliseconds(const std::vector<double>& seconds);

}  // namespace syncline::bench
