#include "interruption.hpp"

namespace syncline::cli {
namespace {

volatile std::sig_atomic_t interrupted = 0;

void remember(int /*signal*/) { interrupted = 1; }

}  // namespace

Interruption::Interruption() {
  interrupted = 0;
  struct sigaction action {};
  action.sa_handler = remember;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  ::sigaction(SIGINT, &action, &before_interrupt_);
  ::sigaction(SIGTERM, &action, &before_terminate_);
}

Interruption::~Interruption() {
  ::sigaction(SIGINT, &before_interrupt_, nullptr);
  ::sigaction(SIGTERM, &before_terminate_, nullptr);
}

bool Interruption::requested() { return interrupted != 0; }

std::function<bool(std::uint64_t done, std::uint64_t total)> shown_on(ProgressBar& bar) {
  return [&bar](std::uint64_t done, std::uint64_t total) {
    bar.show(done, total);
    return !Interruption::requested();
  };
}

}  // namespace syncline::cli
