#include "report.hpp"

#include <array>
#include <cstdio>
#include <fstream>
#include <thread>
#include <utility>

#include "syncline/value.hpp"

namespace syncline::bench {
namespace {

std::string processor() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("model name")) continue;
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown processor";
}

std::string load_average() {
  std::ifstream file("/proc/loadavg");
  std::string load;
  file >> load;
  return load;
}

std::int64_t cores() { return std::thread::hardware_concurrency(); }

constexpr const char* kLineFormat = "%-44s %13s %-9s %13s  %-24s %7s %7s  %s\n";

std::string number(double value) {
  std::array<char, 32> text{};
  const char* format = value >= 1000 ? "%.0f" : value >= 100 ? "%.1f" : "%.2f";
  std::snprintf(text.data(), text.size(), format, value);
  std::string digits = text.data();
  for (std::size_t at = std::min(digits.find('.'), digits.size()); at > 3; at -= 3)
    digits.insert(at - 3, 1, ',');
  return digits;
}

Value samples_value(const std::vector<double>& samples) {
  Value::Array items;
  for (const double sample : samples) items.emplace_back(sample);
  return Value(std::move(items));
}

Value measurement_value(const Measurement& measurement) {
  Value::Object members{{"name", Value(measurement.name)},
                        {"unit", Value(unit_name(measurement.unit))},
                        {"note", Value(measurement.note)}};
  if (!measurement.samples.empty()) {
    members["figure"] = Value(median(measurement.samples));
    members["samples"] = samples_value(measurement.samples);
  }
  if (!measurement.baseline_samples.empty()) {
    members["baseline"] = Value(measurement.baseline);
    members["baseline_figure"] = Value(median(measurement.baseline_samples));
    members["baseline_samples"] = samples_value(measurement.baseline_samples);
  }
  if (const auto ratio = measurement.ratio()) members["ratio"] = Value(*ratio);
  return Value(std::move(members));
}

}  // namespace

Report::Report(const Settings& settings)
    : json_(settings.json),
      quick_(settings.quick),
      data_(settings.data.empty() || settings.quick ? "generated rows of the same shape"
                                                    : settings.data.filename().string()) {
  if (!json_) print_header();
}

void Report::print_header() const {
  std::printf("%s, %lld cores, load %s at the start%s\n", processor().c_str(),
              static_cast<long long>(cores()), load_average().c_str(),
              quick_ ? "; a quick run, whose figures mean little" : "");
  std::printf("hourly steps: %s\n\n", data_.c_str());
  std::printf(kLineFormat, "measurement", "figure", "unit", "baseline", "which", "ratio", "spread",
              "of");
  std::fflush(stdout);
}

void Report::add(Measurement measurement) {
  if (!json_) print_line(measurement);
  measurements_.push_back(std::move(measurement));
}

void Report::print_line(const Measurement& measurement) {
  const bool measured = !measurement.samples.empty();
  const bool compared = !measurement.baseline_samples.empty();
  const auto ratio = measurement.ratio();
  std::printf(kLineFormat, measurement.name.c_str(),
              measured ? number(median(measurement.samples)).c_str() : "-",
              std::string(unit_name(measurement.unit)).c_str(),
              compared ? number(median(measurement.baseline_samples)).c_str() : "-",
              compared ? measurement.baseline.c_str() : "-",
              ratio ? (number(*ratio) + "x").c_str() : "-",
              measured ? (number(measurement.spread() * 100) + "%").c_str() : "-",
              measurement.note.c_str());
  std::fflush(stdout);
}

void Report::progress(const std::string& what) const {
  std::fprintf(stderr, "measuring %s\n", what.c_str());
}

void Report::finish() const {
  if (!json_) return;
  Value::Array lines;
  for (const Measurement& measurement : measurements_)
    lines.push_back(measurement_value(measurement));
  const Value document(Value::Object{{"processor", Value(processor())},
                                     {"cores", Value(cores())},
                                     {"data", Value(data_)},
                                     {"quick", Value(quick_)},
                                     {"lines", Value(std::move(lines))}});
  std::printf("%s\n", value_to_json(document).c_str());
}

}  // namespace syncline::bench
