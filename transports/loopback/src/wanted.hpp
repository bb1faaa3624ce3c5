#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace syncline::loopback {

// Which sequences to send of which collections.
struct Wanted {
  std::map<std::string, std::optional<std::uint64_t>, std::less<>> after;
  std::uint64_t pushed =
      0;  // the sequence of this request's push, which is not sent back; 0 for none
  std::size_t limit = 0;

  [[nodiscard]] bool has(std::string_view collection, std::uint64_t sequence) const {
    if (sequence == pushed) return false;
    auto found = after.find(collection);
    if (found == after.end()) found = after.find("*");
    return found != after.end() && found->second && sequence > *found->second;
  }
};

}  // namespace syncline::loopback
