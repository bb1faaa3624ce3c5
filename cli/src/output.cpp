#include "output.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <poll.h>
#include <unistd.h>
#include <utility>

namespace syncline::cli {

bool print_line(std::string_view line) {
  const bool whole = std::fwrite(line.data(), 1, line.size(), stdout) == line.size();
  return std::fputc('\n', stdout) != EOF && whole;
}

SteadyOutput::SteadyOutput() { std::signal(SIGPIPE, SIG_IGN); }

SteadyOutput::~SteadyOutput() {
  std::fflush(stdout);
  std::signal(SIGPIPE, SIG_DFL);
  pollfd output{STDOUT_FILENO, POLLOUT, 0};
  const bool reader_gone = ::poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0;
  if (reader_gone && std::ferror(stdout) != 0) std::raise(SIGPIPE);
}

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
  std::string text = std::to_string(count) + " ";
  if (count == 1) return text.append(one);
  return many.empty() ? text.append(one) + "s" : text.append(many);
}

void say_nothing_there(const Context& context, std::string_view sentence) {
  if (context.json) return;
  std::fprintf(stderr, "%.*s\n", static_cast<int>(sentence.size()), sentence.data());
}

ProgressBar::ProgressBar(std::string label)
    : label_(std::move(label)), on_terminal_(isatty(STDERR_FILENO) == 1) {}

ProgressBar::~ProgressBar() {
  if (shown_per_mille_ >= 0) std::fputs("\r\033[K", stderr);
}

void ProgressBar::show(std::uint64_t done, std::uint64_t total, const std::string& note) {
  constexpr int kWidth = 30;
  constexpr int kFull = 1000;
  if (!on_terminal_ || total == 0) return;
  const auto per_mille = static_cast<int>(std::min(done, total) * kFull / total);
  if (per_mille == shown_per_mille_) return;
  shown_per_mille_ = per_mille;
  const auto filled = static_cast<std::size_t>(per_mille * kWidth / kFull);
  const std::string bar = std::string(filled, '#') + std::string(kWidth - filled, '.');
  // A note may be shorter than the one before, whose end goes with it.
  const std::string behind = note.empty() ? std::string() : ", " + note + "\033[K";
  std::fprintf(stderr, "\r%s [%s] %3d%%%s", label_.c_str(), bar.c_str(), per_mille / 10,
               behind.c_str());
  std::fflush(stderr);
}

}  // namespace syncline::cli
