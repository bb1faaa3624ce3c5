#pragma once

#include <charconv>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>

#include <CLI/CLI.hpp>

namespace syncline::cli {

// Parses the line with every word as it was given; CLI11 would take `[a,b]` apart as a list, and
// `++` as the end of a command. Throws CLI::ParseError, also for --help.
void parse_words(CLI::App& app, int argc, const char* const* argv);

// What stderr says of wrong usage: one line, which ends with a code as that of every error does.
[[nodiscard]] std::string wrong_usage_line(const std::string& message);

// Adds an option whose value is a whole number in decimal digits that the variable can hold. CLI11
// would read 010 as 8, and what is too large as the largest there is.
template <class Number>
CLI::Option* add_number(CLI::App& app, const std::string& name, Number& number,
                        const std::string& about, int least = 0) {
  const auto parse = [name, &number, least](const std::string& text) {
    // A plus before the digits is what a person may write; from_chars does not know it.
    const bool plus = text.size() > 1 && text[0] == '+' && text[1] != '-';
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + (plus ? 1 : 0), end, number);
    if (error == std::errc::result_out_of_range)
      throw CLI::ValidationError(name, text + " is out of range");
    if (error != std::errc() || stop != end)
      throw CLI::ValidationError(
          name, "\"" + text + "\" is not a whole number" +
                    (std::is_signed_v<Number> ? "" : ", " + std::to_string(least) + " or more"));
  };
  return app.add_option_function<std::string>(name, parse, about)->type_name("INT");
}

// The same for what there has to be one of at least.
template <class Number>
CLI::Option* add_count(CLI::App& app, const std::string& name, Number& number,
                       const std::string& about) {
  return add_number(app, name, number, about, 1)->check([](const std::string& text) {
    const bool is_none = text.find_first_not_of("+0") == std::string::npos;
    return is_none ? "it has to be 1 or more, not \"" + text + "\"" : std::string();
  });
}

// Adds `--limit`. Without it there is none; 0 would be no limit to some and nothing to others.
template <class Number>
CLI::Option* add_limit(CLI::App& app, Number& limit) {
  return add_count(app, "--limit", limit, "at most so many, 1 or more; all unless given");
}

}  // namespace syncline::cli
