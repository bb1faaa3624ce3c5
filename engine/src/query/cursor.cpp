#include "codec/bytes.hpp"
#include "query/index_key.hpp"
#include "query/places.hpp"
#include "syncline/limits.hpp"

// Where a query goes on (spec/indexes.md, Queries).

namespace syncline::query {
namespace {

constexpr char kCursorVersion = 0x01;
constexpr std::size_t kIndexNumberBytes = 4;

std::string head_of(const Index& index, bool reverse) {
  std::string head{kCursorVersion};
  head.push_back(reverse ? 1 : 0);
  head.append(index.digest);
  return head;
}

tl::unexpected<Error> malformed(const std::string& what) {
  return fail(Code::kCursorMalformed, "the cursor " + what);
}

}  // namespace

std::string cursor_behind(const Range& range, std::string_view key) {
  std::string bytes = head_of(range.index, range.reverse);
  bytes.append(key.substr(kIndexNumberBytes));
  return codec::encode_base64(bytes);
}

Result<std::string> decode_cursor(const Index& index, bool reverse, std::string_view cursor) {
  if (cursor.size() > kQueryCursorBytesMax) return malformed("is too long");
  const auto bytes = codec::decode_base64(cursor);
  if (!bytes) return malformed("is not one that a query has given");
  const std::string head = head_of(index, reverse);
  if (!bytes->starts_with(head))
    return malformed("belongs to another index, or to the other direction");
  std::string key;
  append_index_number(key, index.number);
  key.append(*bytes, head.size());
  if (!split_index_key(key, index.fields.size()))
    return malformed("is not one that a query has given");
  return key;
}

}  // namespace syncline::query
