#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

#include "syncline/error.hpp"

namespace syncline::https {

// Reads the members of a JSON object by name and remembers the first that is not as it should be;
// what is read after that is empty. So a decoder reads everything and asks once.
class MemberReader {
 public:
  // `where` goes before names in the message, as in "push.".
  MemberReader(const boost::json::value& value, std::string_view where);

  [[nodiscard]] const boost::json::value* find(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }

  [[nodiscard]] std::int64_t integer(std::string_view name, std::int64_t least,
                                     std::int64_t greatest);
  [[nodiscard]] std::uint64_t count(std::string_view name);
  [[nodiscard]] std::int64_t time_ms(std::string_view name);
  [[nodiscard]] std::string_view text(std::string_view name, std::size_t bytes_min,
                                      std::size_t bytes_max);
  // Printable ASCII without spaces: what tokens and cursors are made of.
  [[nodiscard]] std::string_view token(std::string_view name, std::size_t bytes_max);
  // Decoded base64.
  [[nodiscard]] std::string bytes(std::string_view name);

  void refuse(std::string_view name, std::string_view why);
  // Takes over what another reader found wrong.
  void absorb(const MemberReader& other);

  [[nodiscard]] bool ok() const { return what_is_wrong_.empty(); }
  [[nodiscard]] Error error() const { return Error{Code::kResponseMalformed, what_is_wrong_}; }

 private:
  const boost::json::object* object_ = nullptr;
  std::string where_;
  std::string what_is_wrong_;
};

// Whether it is not empty and all printable ASCII without spaces.
[[nodiscard]] bool is_token(std::string_view text);

}  // namespace syncline::https
