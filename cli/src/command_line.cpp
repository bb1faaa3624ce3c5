#include "command_line.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "syncline/error.hpp"

namespace syncline::cli {
namespace {

// No argument of a program can hold this byte. At the end of a word it hides what the word looks
// like, until the option that takes the word takes it off again.
constexpr char kMark = '\0';

bool has_meaning(std::string_view word) {
  return word == "++" || (word.size() > 1 && word.front() == '[' && word.back() == ']');
}

std::string unmarked(std::string word) {
  if (!word.empty() && word.back() == kMark) word.pop_back();
  return word;
}

void unmark_options(CLI::App& app) {
  for (CLI::Option* option : app.get_options({})) option->transform(unmarked);
  for (CLI::App* command : app.get_subcommands({})) unmark_options(*command);
}

// The words that stand where a command should, if no command of that name is there.
std::optional<std::string> unknown_command(const CLI::App& app) {
  const CLI::App* last = &app;
  std::string name;
  while (!last->get_subcommands().empty()) {
    last = last->get_subcommands().front();
    name += last->get_name() + " ";
  }
  if (last->get_subcommands({}).empty()) return std::nullopt;
  const auto rest = app.remaining(true);
  const auto word = std::find_if(rest.begin(), rest.end(),
                                 [](const std::string& one) { return !one.starts_with('-'); });
  if (word == rest.end()) return std::nullopt;
  return name + *word;
}

}  // namespace

std::string wrong_usage_line(const std::string& message) {
  return "syncline: " + message + "; try --help (" +
         std::string(code_name(Code::kInvalidArgument)) + ")\n";
}

void parse_words(CLI::App& app, int argc, const char* const* argv) {
  unmark_options(app);
  app.failure_message([](const CLI::App* failed, const CLI::Error& error) {
    // What is there helps more than what is missing: `syncline stauts`, say.
    std::string message;
    const auto unknown = unknown_command(*failed);
    auto rest = failed->remaining(true);
    if (unknown) {
      message = "there is no command named " + *unknown;
    } else if (rest.empty()) {
      message = error.what();
    } else {
      // CLI11 counts on an order from the end.
      std::reverse(rest.begin(), rest.end());
      message = CLI::ExtrasError(std::move(rest)).what();
    }
    std::erase(message, kMark);
    return wrong_usage_line(message);
  });
  std::vector<std::string> words;
  // CLI11 takes them from the end.
  for (int i = argc - 1; i > 0; --i) {
    words.emplace_back(argv[i]);
    if (has_meaning(words.back())) words.back().push_back(kMark);
  }
  app.parse(std::move(words));
}

}  // namespace syncline::cli
