#include "tests/engine/support/vectors.hpp"

#include <bit>
#include <fstream>
#include <iterator>

#include <boost/test/unit_test.hpp>

#include "tests/engine/support/results.hpp"

namespace syncline::test {
namespace {

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  unknown("hexadecimal digit", std::string_view(&c, 1));
}

}  // namespace

std::string read_source_file(std::string_view path) {
  const std::string full = std::string(SYNCLINE_SOURCE_DIR) + "/" + std::string(path);
  std::ifstream file(full, std::ios::binary);
  if (!file) BOOST_FAIL("cannot read " + full);
  return {std::istreambuf_iterator<char>(file), {}};
}

void for_each_case(std::string_view file, const std::function<void(const json::object&)>& run) {
  json::parse_options options;
  options.max_depth = 256;
  const json::value document =
      json::parse(read_source_file("spec/vectors/" + std::string(file)), {}, options);
  only_members(document.as_object(), {"description", "cases"});
  const json::array& cases = document.at("cases").as_array();
  BOOST_REQUIRE(!cases.empty());
  std::size_t ran = 0;
  for (const json::value& item : cases) {
    const json::object& one = item.as_object();
    BOOST_TEST_CONTEXT(file << ": " << text(one, "name")) {
      run(one);
      ++ran;
    }
  }
  BOOST_TEST(ran == cases.size());
  BOOST_TEST_MESSAGE(file << ": " << ran << " cases");
}

void only_members(const json::object& object, std::initializer_list<std::string_view> known) {
  for (const auto& member : object) {
    const std::string_view name(member.key().data(), member.key().size());
    if (std::find(known.begin(), known.end(), name) == known.end()) unknown("member", name);
  }
}

void unknown(std::string_view what, std::string_view name) {
  BOOST_FAIL("the vectors have a " << what << " that this test does not know: " << name);
  throw std::logic_error("unreachable");
}

std::string text(const json::object& object, std::string_view member) {
  const json::value* found = object.if_contains({member.data(), member.size()});
  if (found == nullptr || !found->is_string()) unknown("case without", member);
  return {found->as_string().data(), found->as_string().size()};
}

std::int64_t number(const json::value& value) {
  if (value.is_int64()) return value.as_int64();
  return std::stoll(std::string(value.as_string()));
}

bool is_null_or_absent(const json::object& object, std::string_view member) {
  const json::value* found = object.if_contains({member.data(), member.size()});
  return found == nullptr || found->is_null();
}

std::string from_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) unknown("hexadecimal text", hex);
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1])));
  }
  return bytes;
}

std::string to_hex_text(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex.push_back(kDigits[byte >> 4U]);
    hex.push_back(kDigits[byte & 0xFU]);
  }
  return hex;
}

std::string expand(const json::value& parts) {
  if (parts.is_string()) return from_hex({parts.as_string().data(), parts.as_string().size()});
  std::string bytes;
  if (parts.is_object()) {
    only_members(parts.as_object(), {"repeat", "count"});
    const std::string unit = from_hex(text(parts.as_object(), "repeat"));
    for (std::int64_t i = 0; i < number(parts.at("count")); ++i) bytes += unit;
    return bytes;
  }
  for (const json::value& part : parts.as_array()) bytes += expand(part);
  return bytes;
}

Value typed(const json::value& value) {
  const json::object& object = value.as_object();
  only_members(object, {"t", "v", "bits", "utf8", "hex"});
  const std::string kind = text(object, "t");
  if (kind == "null") return {};
  if (kind == "bool") return {object.at("v").as_bool()};
  if (kind == "int") return {number(object.at("v"))};
  if (kind == "double")
    return {std::bit_cast<double>(
        static_cast<std::uint64_t>(std::stoull(text(object, "bits"), nullptr, 16)))};
  if (kind == "string") return {from_hex(text(object, "utf8"))};
  if (kind == "bytes") return {Bytes{from_hex(text(object, "hex"))}};
  if (kind == "array") {
    Value::Array items;
    for (const json::value& item : object.at("v").as_array()) items.push_back(typed(item));
    return {std::move(items)};
  }
  if (kind == "object") {
    Value::Object members;
    for (const json::value& member : object.at("v").as_array()) {
      const json::array& pair = member.as_array();
      members.emplace(expand(pair.at(0)), typed(pair.at(1)));
    }
    return {std::move(members)};
  }
  unknown("type", kind);
}

Stamp stamp_from_hex(std::string_view hex) {
  const auto stamp = decode_stamp(from_hex(hex));
  BOOST_REQUIRE(stamp.has_value());
  return *stamp;
}

Op op_from(const json::object& object) {
  only_members(object, {"collection", "record", "field", "element", "stamp", "value"});
  return {must(SlotKey::make(text(object, "collection"), text(object, "record"),
                             text(object, "field"), from_hex(text(object, "element")))),
          stamp_from_hex(text(object, "stamp")), expand(object.at("value"))};
}

}  // namespace syncline::test
