#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

#include "syncline/codes.hpp"

namespace syncline {

// An operating error: what kind, and a sentence that names what is wrong, fit to show a person.
struct Error {
  Code code;
  std::string message;
};

// Either a value or an Error. The members are those of std::expected.
template <typename T>
using Result = tl::expected<T, Error>;

// For `return fail(Code::kNotFound, "...")` in a function that returns a Result.
[[nodiscard]] inline tl::unexpected<Error> fail(Code code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message)});
}

// Hands an error on unchanged: `if (!r) return fail(r.error())`.
[[nodiscard]] inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace syncline
