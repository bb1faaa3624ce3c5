#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

#include "codec/bytes.hpp"
#include "syncline/limits.hpp"
#include "syncline/value.hpp"

namespace syncline {
namespace {

namespace json = boost::json;
using ErrorCode = boost::system::error_code;

constexpr std::string_view kBytesMember = "$bytes";
// Beyond every exponent that a text could make up for.
constexpr std::int64_t kFarExponent = std::int64_t{1} << 40;

// A name for a message: bounded, and nothing that a terminal would act on.
std::string shown(std::string_view name) {
  constexpr std::size_t kShownBytesMax = 60;
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; };
  std::size_t size_bytes = std::min(name.size(), kShownBytesMax);
  while (size_bytes > 0 && size_bytes < name.size() && continues(name[size_bytes])) --size_bytes;
  std::string text(name.substr(0, size_bytes));
  std::replace_if(
      text.begin(), text.end(), [](char c) { return (c >= '\0' && c < ' ') || c == '\x7f'; }, '?');
  return text;
}

// Builds a Value from the parser's events. It reads numbers from their text, because the parser's
// own conversion neither rounds doubles exactly nor tells an integer out of range from a double.
// The member functions have the names that basic_parser calls.
class Builder {
 public:
  // NOLINTBEGIN(readability-identifier-naming): the names that basic_parser looks for
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
  // NOLINTEND(readability-identifier-naming)

  explicit Builder(std::size_t depth_max) : depth_max_(depth_max) {}

  bool on_document_begin(ErrorCode&) { return true; }
  bool on_document_end(ErrorCode&) { return true; }
  bool on_comment_part(json::string_view, ErrorCode&) { return true; }
  bool on_comment(json::string_view, ErrorCode&) { return true; }

  bool on_object_begin(ErrorCode& ec) { return open(Value(Value::Object()), ec); }
  bool on_array_begin(ErrorCode& ec) { return open(Value(Value::Array()), ec); }
  bool on_array_end(std::size_t, ErrorCode& ec) { return close(ec); }
  bool on_object_end(std::size_t, ErrorCode& ec) {
    const auto& members = *open_.back().value.if_object();
    if (members.size() == 1 && members.begin()->first == kBytesMember) {
      if (const auto* text = members.begin()->second.if_string()) {
        auto bytes = codec::decode_base64(*text);
        if (!bytes) return stop(ec, Code::kJsonMalformed, "\"$bytes\" is not base64");
        open_.back().value = Value(Bytes{std::move(*bytes)});
      }
    }
    if (open_.size() > depth_max_ && open_.back().value.if_bytes() == nullptr) return too_deep(ec);
    return close(ec);
  }

  bool on_key_part(json::string_view part, std::size_t, ErrorCode&) { return gather(part); }
  bool on_key(json::string_view part, std::size_t, ErrorCode& ec) {
    gather(part);
    auto& frame = open_.back();
    frame.key = std::move(text_);
    text_.clear();
    if (frame.value.if_object()->contains(frame.key)) {
      return stop(ec, Code::kJsonMalformed, "member \"" + shown(frame.key) + "\" is there twice");
    }
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, ErrorCode&) { return gather(part); }
  bool on_string(json::string_view part, std::size_t, ErrorCode& ec) {
    gather(part);
    return add(Value(take_text()), ec);
  }

  bool on_number_part(json::string_view part, ErrorCode&) { return gather(part); }
  bool on_int64(std::int64_t number, json::string_view part, ErrorCode& ec) {
    gather(part);
    const std::string text = take_text();
    // "-0" is an integer for the parser, and so it is here.
    return add(Value(number), ec);
  }
  bool on_uint64(std::uint64_t, json::string_view, ErrorCode& ec) { return out_of_range(ec); }
  bool on_double(double, json::string_view part, ErrorCode& ec) {
    gather(part);
    const std::string text = take_text();
    if (text.find_first_of(".eE") == std::string::npos) return out_of_range(ec);
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc::result_out_of_range) {
      // Too small rounds to zero, as the nearest double; too large has no nearest.
      if (!is_tiny(text)) return out_of_range(ec);
      number = text.starts_with('-') ? -0.0 : 0.0;
    }
    return add(Value(number), ec);
  }
  bool on_bool(bool boolean, ErrorCode& ec) { return add(Value(boolean), ec); }
  bool on_null(ErrorCode& ec) { return add(Value(), ec); }

  [[nodiscard]] Value take_result() { return std::move(*result_); }
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

  // Where the next value goes, as it is said before what is wrong with that: a.b[2].
  [[nodiscard]] std::string place() const {
    std::string place;
    for (const Frame& frame : open_) {
      if (const auto* items = frame.value.if_array()) {
        place.append("[").append(std::to_string(items->size())).append("]");
      } else {
        place.append(place.empty() ? "" : ".").append(shown(frame.key));
      }
    }
    return place.empty() ? place : place + ": ";
  }

 private:
  struct Frame {
    Value value;
    std::string key;  // under which the next member goes
  };

  // Of a number beyond the range of a double: whether it is beyond at the small end, which is where
  // its first digit that is not zero stands, counted from the point, and moved by the exponent.
  static bool is_tiny(std::string_view text) {
    const std::size_t mantissa_end = std::min(text.find_first_of("eE"), text.size());
    const std::size_t point = std::min(text.find('.'), mantissa_end);
    const std::size_t first = text.find_first_of("123456789");
    auto place = static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first);
    if (mantissa_end == text.size()) return place < 0;
    std::string_view digits = text.substr(mantissa_end + 1);
    if (digits.starts_with('+')) digits.remove_prefix(1);
    std::int64_t exponent = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
    if (error == std::errc::result_out_of_range) return digits.starts_with('-');
    return place < -std::clamp<std::int64_t>(exponent, -kFarExponent, kFarExponent);
  }

  bool gather(json::string_view part) {
    text_.append(part.data(), part.size());
    return true;
  }
  std::string take_text() { return std::exchange(text_, {}); }

  bool stop(ErrorCode& ec, Code code, std::string message) {
    error_ = Error{code, std::move(message)};
    ec = json::error::exception;
    return false;
  }
  bool out_of_range(ErrorCode& ec) {
    return stop(ec, Code::kNumberOutOfRange, place() + "number does not fit in 64 bits");
  }

  bool too_deep(ErrorCode& ec) {
    return stop(ec, Code::kValueTooDeep,
                "JSON nests deeper than " + std::to_string(depth_max_) + " levels");
  }

  bool open(Value value, ErrorCode& ec) {
    // Bytes are an object in JSON and none as a value, so that one object more may turn out to be
    // within the limit when it ends.
    const std::size_t opens_max = value.if_object() != nullptr ? depth_max_ + 1 : depth_max_;
    if (open_.size() >= opens_max) return too_deep(ec);
    open_.push_back({std::move(value), {}});
    return true;
  }
  bool close(ErrorCode& ec) {
    Value value = std::move(open_.back().value);
    open_.pop_back();
    return add(std::move(value), ec);
  }
  bool add(Value value, ErrorCode&) {
    if (open_.empty()) {
      result_ = std::move(value);
    } else if (auto* items = open_.back().value.if_array()) {
      items->push_back(std::move(value));
    } else {
      open_.back().value.if_object()->emplace(std::move(open_.back().key), std::move(value));
    }
    return true;
  }

  std::size_t depth_max_;
  std::vector<Frame> open_;
  std::string text_;
  std::optional<Value> result_;
  std::optional<Error> error_;
};

void append_double(std::string& out, double number) {
  std::array<char, 32> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), number);
  const std::string_view shortest(text.data(), static_cast<std::size_t>(end - text.data()));
  out.append(shortest);
  if (shortest.find_first_of(".e") == std::string_view::npos) out.append(".0");
}

void append_string(std::string& out, std::string_view text) {
  out.append(json::serialize(json::string_view(text.data(), text.size())));
}

void append_json(std::string& out, const Value& value);

void append_items(std::string& out, const Value::Array& items) {
  out.push_back('[');
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out.push_back(',');
    append_json(out, items[i]);
  }
  out.push_back(']');
}

void append_members(std::string& out, const Value::Object& members) {
  out.push_back('{');
  bool first = true;
  for (const auto& [name, member] : members) {
    if (!first) out.push_back(',');
    first = false;
    append_string(out, name);
    out.push_back(':');
    append_json(out, member);
  }
  out.push_back('}');
}

void append_json(std::string& out, const Value& value) {
  if (value.is_null()) {
    out.append("null");
  } else if (const auto* boolean = value.if_bool()) {
    out.append(*boolean ? "true" : "false");
  } else if (const auto* integer = value.if_int64()) {
    out.append(std::to_string(*integer));
  } else if (const auto* number = value.if_double()) {
    append_double(out, *number);
  } else if (const auto* text = value.if_string()) {
    append_string(out, *text);
  } else if (const auto* bytes = value.if_bytes()) {
    out.append("{\"$bytes\":");
    append_string(out, codec::encode_base64(bytes->data));
    out.push_back('}');
  } else if (const auto* items = value.if_array()) {
    append_items(out, *items);
  } else if (const auto* members = value.if_object()) {
    append_members(out, *members);
  }
}

}  // namespace

Result<Value> value_from_json(std::string_view text, std::size_t depth_max) {
  // The Builder stops with an error of its own, before the parser's limit.
  json::parse_options options;
  options.max_depth = depth_max + 2;
  json::basic_parser<Builder> parser(options, depth_max);
  ErrorCode ec;
  const std::size_t parsed = parser.write_some(false, text.data(), text.size(), ec);
  if (parser.handler().error()) return fail(*parser.handler().error());
  if (!ec && parsed < text.size()) ec = json::error::extra_data;
  if (ec == json::error::exponent_overflow) {
    return fail(Code::kNumberOutOfRange,
                parser.handler().place() + "number's exponent does not fit in 32 bits");
  }
  if (ec) {
    return fail(Code::kJsonMalformed,
                "JSON is not valid at byte " + std::to_string(parsed) + ": " + ec.message());
  }
  return parser.handler().take_result();
}

std::string value_to_json(const Value& value) {
  std::string out;
  append_json(out, value);
  return out;
}

}  // namespace syncline
