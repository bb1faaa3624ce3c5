#include "times.hpp"

#include <array>
#include <ctime>
#include <string_view>

namespace syncline::cli {
namespace {

constexpr std::int64_t kMillisecondsPerSecond = 1000;

// Reads the whole text by the format, and no day that its month does not have.
std::optional<std::int64_t> parse_by(const char* format, const std::string& text) {
  std::tm parts{};
  const char* const end = ::strptime(text.c_str(), format, &parts);
  if (end == nullptr || *end != '\0') return std::nullopt;
  std::tm normal = parts;
  const std::time_t seconds = ::timegm(&normal);
  if (seconds < 0 || normal.tm_mday != parts.tm_mday || normal.tm_min != parts.tm_min)
    return std::nullopt;
  return static_cast<std::int64_t>(seconds) * kMillisecondsPerSecond;
}

std::string without_zone(std::string text) {
  for (const std::string_view zone : {"Z", " UTC"}) {
    if (text.ends_with(zone)) text.resize(text.size() - zone.size());
  }
  return text;
}

}  // namespace

std::string time_text(std::int64_t milliseconds) {
  if (milliseconds == 0) return "never";
  const auto seconds = static_cast<std::time_t>(milliseconds / kMillisecondsPerSecond);
  std::tm parts{};
  std::array<char, 64> text{};
  if (gmtime_r(&seconds, &parts) == nullptr ||
      std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &parts) == 0) {
    return std::to_string(milliseconds) + " ms";
  }
  return text.data();
}

std::optional<std::int64_t> parse_time(const std::string& text) {
  const std::string time = without_zone(text);
  // strptime takes spaces and signs where there are none in a date.
  if (time.find_first_not_of("0123456789-:T ") != std::string::npos || time.starts_with(' '))
    return std::nullopt;
  for (const char* format :
       {"%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"}) {
    if (const auto milliseconds = parse_by(format, time)) return milliseconds;
  }
  return std::nullopt;
}

CLI::Option* add_time(CLI::App& app, const std::string& name, std::int64_t& milliseconds,
                      const std::string& about) {
  const auto parse = [name, &milliseconds](const std::string& text) {
    const auto parsed = parse_time(text);
    if (!parsed) {
      throw CLI::ValidationError(
          name, "\"" + text + "\" is no time like 2026-03-01 or 2026-03-01T08:30, in UTC");
    }
    milliseconds = *parsed;
  };
  return app.add_option_function<std::string>(name, parse, about)->type_name("TIME");
}

}  // namespace syncline::cli
