#include "measurement.hpp"

#include <algorithm>
#include <chrono>

namespace syncline::bench {

std::string_view unit_name(Unit unit) {
  switch (unit) {
    case Unit::kPerSecond:
      return "/s";
    case Unit::kSeconds:
      return "s";
    case Unit::kMilliseconds:
      return "ms";
    case Unit::kBytes:
      return "bytes";
    case Unit::kBytesPerOp:
      return "bytes/op";
    case Unit::kRequests:
      return "requests";
    case Unit::kOpsPerSlot:
      return "ops/slot";
  }
  return "";
}

std::optional<double> Measurement::ratio() const {
  if (samples.empty() || baseline_samples.empty()) return std::nullopt;
  const double figure = median(samples);
  const double reference = median(baseline_samples);
  const double cost = unit == Unit::kPerSecond ? reference : figure;
  const double base = unit == Unit::kPerSecond ? figure : reference;
  if (base <= 0) return std::nullopt;
  return cost / base;
}

double Measurement::spread() const {
  if (samples.empty()) return 0;
  const auto [least, greatest] = std::minmax_element(samples.begin(), samples.end());
  const double middle = median(samples);
  return middle > 0 ? (*greatest - *least) / middle : 0;
}

double median(std::vector<double> samples) {
  std::sort(samples.begin(), samples.end());
  const std::size_t middle = samples.size() / 2;
  if (samples.size() % 2 == 1) return samples[middle];
  return (samples[middle - 1] + samples[middle]) / 2;
}

double seconds_of(const std::function<void()>& run) {
  const auto began = std::chrono::steady_clock::now();
  run();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

Seconds race(std::size_t rounds, const std::vector<Contender>& contenders) {
  Seconds seconds(contenders.size());
  for (std::size_t round = 0; round < rounds; ++round) {
    for (std::size_t turn = 0; turn < contenders.size(); ++turn) {
      const std::size_t who = (round + turn) % contenders.size();
      const std::vector<double> parts = contenders[who]();
      seconds[who].resize(parts.size());
      for (std::size_t part = 0; part < parts.size(); ++part)
        seconds[who][part].push_back(parts[part]);
    }
  }
  return seconds;
}

std::vector<double> rates(std::size_t count, const std::vector<double>& seconds) {
  std::vector<double> rates;
  for (const double time : seconds) rates.push_back(static_cast<double>(count) / time);
  return rates;
}

std::vector<double> milliseconds(const std::vector<double>& seconds) {
  std::vector<double> milliseconds;
  for (const double time : seconds) milliseconds.push_back(time * 1000);
  return milliseconds;
}

}  // namespace syncline::bench
