#pragma once

#include <string>
#include <type_traits>
#include <utility>

#include <boost/test/unit_test.hpp>

#include "syncline/error.hpp"

// What tests of functions with a Result say often.

namespace syncline::test {

// The value of a result that has to be there.
template <typename T>
T must(Result<T> result) {
  if (!result) {
    BOOST_FAIL(std::string(code_name(result.error().code)) + ": " + result.error().message);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

// The name of the error's code, or "none".
template <typename T>
std::string code_of(const Result<T>& result) {
  return result ? "none" : std::string(code_name(result.error().code));
}

template <typename T>
std::string message_of(const Result<T>& result) {
  return result ? "" : result.error().message;
}

}  // namespace syncline::test
