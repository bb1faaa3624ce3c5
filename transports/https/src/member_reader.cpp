#include "member_reader.hpp"

#include <algorithm>
#include <limits>

#include <boost/json/object.hpp>
#include <boost/json/string.hpp>

#include "base64.hpp"

namespace syncline::https {
namespace {

namespace json = boost::json;

// What the 48 bits of a stamp can hold.
constexpr std::int64_t kTimeMaxMs = (std::int64_t{1} << 48) - 1;

}  // namespace

MemberReader::MemberReader(const json::value& value, std::string_view where)
    : object_(value.if_object()), where_(where) {
  if (object_ == nullptr) {
    what_is_wrong_ = where.empty() ? "it is not a JSON object" : where_ + " is not an object";
  }
  if (!where_.empty()) where_ += '.';
}

const json::value* MemberReader::find(std::string_view name) const {
  return object_ == nullptr ? nullptr : object_->if_contains(name);
}

std::int64_t MemberReader::integer(std::string_view name, std::int64_t least,
                                   std::int64_t greatest) {
  const auto* value = find(name);
  const auto* number = value == nullptr ? nullptr : value->if_int64();
  if (number == nullptr || *number < least || *number > greatest) {
    refuse(name, "is not an integer in its range");
    return 0;
  }
  return *number;
}

std::uint64_t MemberReader::count(std::string_view name) {
  return static_cast<std::uint64_t>(integer(name, 0, std::numeric_limits<std::int64_t>::max()));
}

std::int64_t MemberReader::time_ms(std::string_view name) { return integer(name, 0, kTimeMaxMs); }

std::string_view MemberReader::text(std::string_view name, std::size_t bytes_min,
                                    std::size_t bytes_max) {
  const auto* value = find(name);
  const auto* string = value == nullptr ? nullptr : value->if_string();
  if (string == nullptr || string->size() < bytes_min || string->size() > bytes_max) {
    refuse(name, "is not a string of a length that it can have");
    return {};
  }
  return *string;
}

std::string_view MemberReader::token(std::string_view name, std::size_t bytes_max) {
  const auto found = text(name, 1, bytes_max);
  if (!found.empty() && !is_token(found)) {
    refuse(name, "has a character that it cannot have");
    return {};
  }
  return found;
}

std::string MemberReader::bytes(std::string_view name) {
  auto decoded = decode_base64(text(name, 0, std::numeric_limits<std::size_t>::max()));
  if (!decoded) {
    refuse(name, "is not base64");
    return {};
  }
  return *std::move(decoded);
}

void MemberReader::refuse(std::string_view name, std::string_view why) {
  if (!ok()) return;
  what_is_wrong_ = "the member " + where_;
  what_is_wrong_.append(name).append(" ").append(why);
}

void MemberReader::absorb(const MemberReader& other) {
  if (ok()) what_is_wrong_ = other.what_is_wrong_;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace syncline::https
