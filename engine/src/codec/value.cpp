#include "syncline/value.hpp"

#include <bit>
#include <cmath>

#include "codec/bytes.hpp"
#include "syncline/limits.hpp"

namespace syncline {
namespace {

// The tags are part of the format.
constexpr char kNullTag = 0x01;
constexpr char kFalseTag = 0x02;
constexpr char kTrueTag = 0x03;
constexpr char kInt64Tag = 0x04;
constexpr char kDoubleTag = 0x05;
constexpr char kStringTag = 0x06;
constexpr char kBytesTag = 0x07;
constexpr char kArrayTag = 0x08;
constexpr char kObjectTag = 0x09;

constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63U;

Result<void> append_value(std::string& out, const Value& value, std::size_t depth);

Result<void> append_text(std::string& out, std::string_view text) {
  if (!codec::is_utf8(text)) return fail(Code::kStringNotUtf8, "string is not well-formed UTF-8");
  codec::append_sized(out, text);
  return {};
}

Result<void> append_double(std::string& out, double number) {
  if (!std::isfinite(number)) return fail(Code::kValueNotFinite, "double is NaN or infinite");
  const auto bits = std::bit_cast<std::uint64_t>(number);
  out.push_back(kDoubleTag);
  codec::append_u64(out, (bits & kSignBit) != 0 ? ~bits : bits ^ kSignBit);
  return {};
}

Result<void> append_array(std::string& out, const Value::Array& items, std::size_t depth) {
  out.push_back(kArrayTag);
  codec::append_varint(out, static_cast<std::uint32_t>(items.size()));
  for (const Value& item : items) {
    if (auto ok = append_value(out, item, depth); !ok) return ok;
  }
  return {};
}

Result<void> append_object(std::string& out, const Value::Object& members, std::size_t depth) {
  out.push_back(kObjectTag);
  codec::append_varint(out, static_cast<std::uint32_t>(members.size()));
  for (const auto& [name, member] : members) {
    if (auto ok = append_text(out, name); !ok) return ok;
    if (auto ok = append_value(out, member, depth); !ok) return ok;
  }
  return {};
}

Result<void> too_deep() {
  return fail(Code::kValueTooDeep,
              "value nests deeper than " + std::to_string(kValueDepthMax) + " levels");
}

Result<void> too_large() {
  return fail(Code::kValueTooLarge,
              "encoded value has more than " + std::to_string(kValueBytesMax) + " bytes");
}

// `depth` counts the arrays and objects around the value.
Result<void> append_value(std::string& out, const Value& value, std::size_t depth) {
  if (out.size() > kValueBytesMax) return too_large();
  if (value.is_null()) {
    out.push_back(kNullTag);
  } else if (const auto* boolean = value.if_bool()) {
    out.push_back(*boolean ? kTrueTag : kFalseTag);
  } else if (const auto* integer = value.if_int64()) {
    out.push_back(kInt64Tag);
    codec::append_u64(out, static_cast<std::uint64_t>(*integer) ^ kSignBit);
  } else if (const auto* number = value.if_double()) {
    return append_double(out, *number);
  } else if (const auto* text = value.if_string()) {
    out.push_back(kStringTag);
    return append_text(out, *text);
  } else if (const auto* bytes = value.if_bytes()) {
    out.push_back(kBytesTag);
    codec::append_sized(out, bytes->data);
  } else if (depth >= kValueDepthMax) {
    return too_deep();
  } else if (const auto* items = value.if_array()) {
    return append_array(out, *items, depth + 1);
  } else if (const auto* members = value.if_object()) {
    return append_object(out, *members, depth + 1);
  }
  return {};
}

tl::unexpected<Error> malformed(std::string what) {
  return fail(Code::kValueMalformed, "encoded value: " + std::move(what));
}

// Reads one value and builds it in `out`, or only checks it when `out` is null.
class Parser {
 public:
  explicit Parser(std::string_view encoded) : reader_(encoded) {}

  Result<void> value(Value* out, std::size_t depth) {
    const auto tag = reader_.take_u8();
    if (!tag) return malformed("it ends where a tag should be");
    switch (static_cast<char>(*tag)) {
      case kNullTag:
        return store(out, Value());
      case kFalseTag:
        return store(out, Value(false));
      case kTrueTag:
        return store(out, Value(true));
      case kInt64Tag:
        return integer(out);
      case kDoubleTag:
        return number(out);
      case kStringTag:
        return text(out);
      case kBytesTag:
        return bytes(out);
      case kArrayTag:
        return depth >= kValueDepthMax ? too_deep() : array(out, depth + 1);
      case kObjectTag:
        return depth >= kValueDepthMax ? too_deep() : object(out, depth + 1);
      default:
        return malformed("unknown tag " + std::to_string(*tag));
    }
  }

  [[nodiscard]] bool at_end() const { return reader_.empty(); }

 private:
  static Result<void> store(Value* out, Value value) {
    if (out != nullptr) *out = std::move(value);
    return {};
  }

  Result<void> integer(Value* out) {
    const auto bits = reader_.take_u64();
    if (!bits) return malformed("an integer is cut short");
    return store(out, Value(static_cast<std::int64_t>(*bits ^ kSignBit)));
  }

  Result<void> number(Value* out) {
    const auto ordered = reader_.take_u64();
    if (!ordered) return malformed("a double is cut short");
    const auto bits = (*ordered & kSignBit) != 0 ? *ordered ^ kSignBit : ~*ordered;
    const auto number = std::bit_cast<double>(bits);
    if (!std::isfinite(number)) return fail(Code::kValueNotFinite, "double is NaN or infinite");
    return store(out, Value(number));
  }

  Result<std::string_view> sized(bool utf8) {
    const auto taken = reader_.take_sized();
    if (!taken) return malformed("a length is not the shortest or past the end");
    if (utf8 && !codec::is_utf8(*taken)) {
      return fail(Code::kStringNotUtf8, "string is not well-formed UTF-8");
    }
    return *taken;
  }

  Result<void> text(Value* out) {
    const auto taken = sized(true);
    if (!taken) return fail(taken.error());
    return out == nullptr ? Result<void>() : store(out, Value(*taken));
  }

  Result<void> bytes(Value* out) {
    const auto taken = sized(false);
    if (!taken) return fail(taken.error());
    return out == nullptr ? Result<void>() : store(out, Value(Bytes{std::string(*taken)}));
  }

  // A count of items that each take at least `item_bytes_min`, so that a forged count cannot make
  // anyone reserve or loop beyond the bytes that are there.
  Result<std::uint32_t> count(std::size_t item_bytes_min) {
    const auto taken = reader_.take_varint();
    if (!taken || *taken > reader_.rest().size() / item_bytes_min) {
      return malformed("a count is not the shortest or past the end");
    }
    return *taken;
  }

  Result<void> array(Value* out, std::size_t depth) {
    const auto items = count(1);
    if (!items) return fail(items.error());
    Value::Array built;
    for (std::uint32_t i = 0; i < *items; ++i) {
      Value* item = out == nullptr ? nullptr : &built.emplace_back();
      if (auto ok = value(item, depth); !ok) return ok;
    }
    return store(out, Value(std::move(built)));
  }

  Result<void> object(Value* out, std::size_t depth) {
    const auto members = count(2);
    if (!members) return fail(members.error());
    Value::Object built;
    std::optional<std::string_view> previous;
    for (std::uint32_t i = 0; i < *members; ++i) {
      const auto name = sized(true);
      if (!name) return fail(name.error());
      if (previous && *name <= *previous)
        return malformed("object keys are not strictly ascending");
      previous = *name;
      Value* member =
          out == nullptr ? nullptr : &built.emplace_hint(built.end(), *name, Value())->second;
      if (auto ok = value(member, depth); !ok) return ok;
    }
    return store(out, Value(std::move(built)));
  }

  codec::Reader reader_;
};

Result<void> parse(std::string_view encoded, Value* out) {
  if (encoded.size() > kValueBytesMax) return too_large();
  Parser parser(encoded);
  if (auto ok = parser.value(out, 0); !ok) return ok;
  if (!parser.at_end()) return malformed("bytes are left over");
  return {};
}

// An int64 against a double, exactly: 2^63 is a double and the first that exceeds every int64.
int compare_mixed(std::int64_t integer, double number) {
  constexpr double kTwoTo63 = 9223372036854775808.0;
  if (number >= kTwoTo63) return -1;
  if (number < -kTwoTo63) return 1;
  const auto whole = static_cast<std::int64_t>(number);
  if (integer != whole) return integer < whole ? -1 : 1;
  const double fraction = number - static_cast<double>(whole);
  return fraction < 0 ? 1 : -1;
}

}  // namespace

Result<std::string> encode_value(const Value& value) {
  std::string out;
  if (auto ok = append_value(out, value, 0); !ok) return fail(ok.error());
  if (out.size() > kValueBytesMax) return fail(too_large().error());
  return out;
}

Result<Value> decode_value(std::string_view encoded) {
  Value value;
  if (auto ok = parse(encoded, &value); !ok) return fail(ok.error());
  return value;
}

Result<void> check_value(std::string_view encoded) { return parse(encoded, nullptr); }

int compare_numbers(const Value& a, const Value& b) {
  const auto* a_integer = a.if_int64();
  const auto* b_integer = b.if_int64();
  if (a_integer != nullptr && b_integer != nullptr) {
    return *a_integer < *b_integer ? -1 : *a_integer > *b_integer ? 1 : 0;
  }
  if (a_integer != nullptr) return compare_mixed(*a_integer, *b.if_double());
  if (b_integer != nullptr) return -compare_mixed(*b_integer, *a.if_double());
  return *a.if_double() < *b.if_double() ? -1 : *a.if_double() > *b.if_double() ? 1 : 0;
}

}  // namespace syncline
