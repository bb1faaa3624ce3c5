#pragma once

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <functional>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

namespace syncline::test {

// How a child that was forked ended.
struct Ending {
  int signal = 0;  // that killed it; 0 when it ended by itself
  int status = 0;  // that it ended with
  std::string said;
};

// Runs the function in a process of its own, which ends with what it answers. It gets the file to
// write to what the parent reads; an exception, as of a failed requirement, is status 99.
inline Ending in_a_child(const std::function<int(int)>& body) {
  int files[2];
  BOOST_REQUIRE(::pipe(files) == 0);
  std::fflush(nullptr);  // or the child might say again what the parent has said
  const pid_t child = ::fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) {
    ::close(files[0]);
    // Boost.Test reports signals as failures of this test, and that is for the parent to say.
    for (const int number : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL}) {
      std::signal(number, SIG_DFL);
    }
    int status = 99;
    try {
      status = body(files[1]);
    } catch (...) {
    }
    ::_exit(status);
  }
  ::close(files[1]);
  Ending ending;
  char buffer[4096];
  for (ssize_t size = 0; (size = ::read(files[0], buffer, sizeof buffer)) != 0;) {
    if (size > 0) ending.said.append(buffer, static_cast<std::size_t>(size));
    if (size < 0 && errno != EINTR) break;
  }
  ::close(files[0]);
  int state = 0;
  BOOST_REQUIRE(::waitpid(child, &state, 0) == child);
  if (WIFSIGNALED(state)) ending.signal = WTERMSIG(state);
  if (WIFEXITED(state)) ending.status = WEXITSTATUS(state);
  return ending;
}

}  // namespace syncline::test
