#include "password.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <poll.h>
#include <string>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

namespace syncline::cli {
namespace {

// Does not show what is typed on the standard input while it lives.
class HiddenInput {
 public:
  HiddenInput() : terminal_(tcgetattr(STDIN_FILENO, &shown_) == 0) {
    termios hidden = shown_;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    if (terminal_) tcsetattr(STDIN_FILENO, TCSANOW, &hidden);
  }
  HiddenInput(const HiddenInput&) = delete;
  HiddenInput& operator=(const HiddenInput&) = delete;
  ~HiddenInput() {
    if (terminal_) tcsetattr(STDIN_FILENO, TCSANOW, &shown_);
    std::fputc('\n', stderr);
  }

 private:
  termios shown_{};
  bool terminal_;
};

// Holds the signals that end a program back while it lives.
class HeldSignals {
 public:
  HeldSignals() {
    sigemptyset(&signals_);
    for (const int signal : {SIGHUP, SIGINT, SIGQUIT, SIGTERM}) sigaddset(&signals_, signal);
    pthread_sigmask(SIG_BLOCK, &signals_, &before_);
    arrived_ = signalfd(-1, &signals_, SFD_CLOEXEC);
  }
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;
  ~HeldSignals() {
    close(arrived_);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

  // Waits for a line on the standard input, or its end; false if a signal came instead.
  [[nodiscard]] bool wait_for_line() const {
    std::array<pollfd, 2> waiting{{{arrived_, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}}};
    while (poll(waiting.data(), waiting.size(), -1) < 0 && errno == EINTR) {
    }
    return waiting[0].revents == 0;
  }

 private:
  sigset_t signals_{};
  sigset_t before_{};
  int arrived_ = -1;
};

}  // namespace

Result<Secret> ask_password() {
  std::fputs("Password: ", stderr);
  std::string line;
  {
    const HeldSignals signals;
    const HiddenInput hidden;  // ends first
    if (signals.wait_for_line()) std::getline(std::cin, line);
  }
  if (line.empty()) return fail(Code::kInvalidArgument, "no password was given");
  Secret password(line);
  wipe_memory(line.data(), line.size());
  return password;
}

}  // namespace syncline::cli
