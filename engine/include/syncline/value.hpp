#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "syncline/error.hpp"
#include "syncline/limits.hpp"

namespace syncline {

// A string of bytes that need not be text.
struct Bytes {
  std::string data;

  bool operator==(const Bytes&) const = default;
};

// What a field holds. An int64 and a double are different values even when numerically equal.
class Value {
 public:
  using Null = std::monostate;
  using Array = std::vector<Value>;
  using Object = std::map<std::string, Value, std::less<>>;

  Value() = default;
  Value(bool value) : data_(value) {}                         // NOLINT(google-explicit-constructor)
  Value(int value) : data_(std::int64_t{value}) {}            // NOLINT(google-explicit-constructor)
  Value(std::int64_t value) : data_(value) {}                 // NOLINT(google-explicit-constructor)
  Value(double value) : data_(value) {}                       // NOLINT(google-explicit-constructor)
  Value(const char* text) : data_(std::string(text)) {}       // NOLINT(google-explicit-constructor)
  Value(std::string_view text) : data_(std::string(text)) {}  // NOLINT(google-explicit-constructor)
  Value(std::string text) : data_(std::move(text)) {}         // NOLINT(google-explicit-constructor)
  Value(Bytes bytes) : data_(std::move(bytes)) {}             // NOLINT(google-explicit-constructor)
  Value(Array items) : data_(std::move(items)) {}             // NOLINT(google-explicit-constructor)
  Value(Object members) : data_(std::move(members)) {}        // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool is_null() const { return std::holds_alternative<Null>(data_); }
  // The content if the value is of that type, else null. Valid while the value is not changed.
  [[nodiscard]] const bool* if_bool() const { return std::get_if<bool>(&data_); }
  [[nodiscard]] const std::int64_t* if_int64() const { return std::get_if<std::int64_t>(&data_); }
  [[nodiscard]] const double* if_double() const { return std::get_if<double>(&data_); }
  [[nodiscard]] const std::string* if_string() const { return std::get_if<std::string>(&data_); }
  [[nodiscard]] const Bytes* if_bytes() const { return std::get_if<Bytes>(&data_); }
  [[nodiscard]] const Array* if_array() const { return std::get_if<Array>(&data_); }
  [[nodiscard]] const Object* if_object() const { return std::get_if<Object>(&data_); }
  [[nodiscard]] Array* if_array() { return std::get_if<Array>(&data_); }
  [[nodiscard]] Object* if_object() { return std::get_if<Object>(&data_); }

  bool operator==(const Value&) const = default;

 private:
  std::variant<Null, bool, std::int64_t, double, std::string, Bytes, Array, Object> data_;
};

// The canonical encoding of spec/op-format.md.
// Errors: value_not_finite, string_not_utf8, value_too_deep, value_too_large.
[[nodiscard]] Result<std::string> encode_value(const Value& value);

// The value of a whole encoding.
// Errors: value_malformed, value_not_finite, string_not_utf8, value_too_deep, value_too_large.
[[nodiscard]] Result<Value> decode_value(std::string_view encoded);

// Whether decode_value would accept it, without building the value. The same errors.
[[nodiscard]] Result<void> check_value(std::string_view encoded);

// Less, equal or greater than 0 as two numbers compare mathematically, an int64 before an equal
// double. Both must hold an int64 or a double.
[[nodiscard]] int compare_numbers(const Value& a, const Value& b);

// JSON as spec/op-format.md maps it. Text that only holds values, a line of records for instance,
// may nest deeper than a value does. Errors: json_malformed (with the place; also what is not
// UTF-8), number_out_of_range, value_too_deep.
[[nodiscard]] Result<Value> value_from_json(std::string_view text,
                                            std::size_t depth_max = kValueDepthMax);
// Compact JSON with object members in ascending byte order.
[[nodiscard]] std::string value_to_json(const Value& value);

}  // namespace syncline
