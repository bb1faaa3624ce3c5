#pragma once

#include <csignal>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include <boost/test/unit_test.hpp>

namespace syncline::test {

// Another program, spoken to in lines. Killed, if it still runs, when the object goes.
class ChildProcess {
 public:
  explicit ChildProcess(std::vector<std::string> command) {
    int to_child[2];
    int from_child[2];
    BOOST_REQUIRE(::pipe(to_child) == 0 && ::pipe(from_child) == 0);
    std::vector<char*> arguments;
    arguments.reserve(command.size() + 1);
    for (std::string& word : command) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    id_ = ::fork();
    BOOST_REQUIRE(id_ >= 0);
    if (id_ == 0) {
      ::dup2(to_child[0], STDIN_FILENO);
      ::dup2(from_child[1], STDOUT_FILENO);
      for (const int file : {to_child[0], to_child[1], from_child[0], from_child[1]}) ::close(file);
      ::execv(arguments[0], arguments.data());
      ::_exit(127);
    }
    ::close(to_child[0]);
    ::close(from_child[1]);
    input_ = to_child[1];
    output_ = from_child[0];
  }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess() {
    kill();
    ::close(input_);
    ::close(output_);
  }

  // The next line that it prints, without its end; what there was when it ended.
  std::string line() {
    std::string text;
    char character = 0;
    while (::read(output_, &character, 1) == 1 && character != '\n') text += character;
    return text;
  }
  std::string ask(const std::string& text) {
    const std::string whole = text + "\n";
    BOOST_REQUIRE(::write(input_, whole.data(), whole.size()) ==
                  static_cast<ssize_t>(whole.size()));
    return line();
  }
  void kill() {
    if (id_ <= 0) return;
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
    id_ = -1;
  }

 private:
  pid_t id_ = -1;
  int input_ = -1;
  int output_ = -1;
};

}  // namespace syncline::test
