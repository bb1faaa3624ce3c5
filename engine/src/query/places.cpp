#include "query/places.hpp"

#include <functional>
#include <utility>
#include <vector>

#include "query/index_key.hpp"
#include "syncline/limits.hpp"

namespace syncline::query {
namespace {

// What the fields of an index hold at one place; null for "none".
using Row = std::vector<const Value*>;

// Calls `visit` with each row: one, or as many as the first array has items with a place.
void for_each_row(const Index& index, const Value::Object& fields,
                  const std::function<void(const Row&)>& visit) {
  Row row;
  const Value::Array* items = nullptr;
  std::size_t spread = 0;
  for (const std::string& field : index.fields) {
    const auto found = fields.find(field);
    const Value* value = found == fields.end() ? nullptr : &found->second;
    if (value != nullptr && items == nullptr && value->if_array() != nullptr) {
      items = value->if_array();
      spread = row.size();
    }
    row.push_back(value != nullptr && has_place(*value) ? value : nullptr);
  }
  bool any = false;
  if (items != nullptr) {
    for (const Value& item : *items) {
      if (!has_place(item)) continue;
      row[spread] = &item;
      visit(row);
      any = true;
    }
  }
  if (!any) visit(row);
}

bool append_row(std::string& out, const Row& row, std::size_t room_bytes) {
  bool cut = false;
  for (const Value* value : row) {
    if (append_component(out, value, room_bytes)) cut = true;
  }
  return cut;
}

Result<void> check_bound(const Value& value) {
  if (!has_place(value))
    return fail(Code::kInvalidArgument, "an array or an object has no place in an index");
  if (auto encoded = encode_value(value); !encoded) return fail(encoded.error());
  return {};
}

// One end of the range, as a key and as a place.
struct Bound {
  std::string key;
  std::string place;
  bool cut = false;

  void append(const Value& value, std::size_t room_bytes) {
    if (append_component(key, &value, room_bytes)) cut = true;
    append_component(place, &value, kUncut);
  }
  void append(char byte) {
    key.push_back(byte);
    place.push_back(byte);
  }
};

}  // namespace

void add_places(const Index& index, std::string_view record, const Value::Object& fields,
                Places& places) {
  Places found;
  const std::size_t room = component_room(index.fields.size());
  for_each_row(index, fields, [&](const Row& row) {
    std::string key;
    append_index_number(key, index.number);
    const bool cut = append_row(key, row, room);
    key.append(record);
    found[std::move(key)] |= cut ? kIsCutFlag : 0U;
  });
  const unsigned others = found.size() > 1 ? kHasOthersFlag : 0U;
  for (auto& [key, flags] : found) flags |= others;
  places.merge(found);
}

Result<Range> make_range(const Index& index, const Query& query) {
  const bool bounded = query.from || query.to;
  if (query.equal.size() + (bounded ? 1 : 0) > index.fields.size()) {
    return fail(Code::kInvalidArgument, "the index " + index.name + " has only " +
                                            std::to_string(index.fields.size()) + " fields");
  }
  const std::size_t room = component_room(index.fields.size());
  Bound begin;
  append_index_number(begin.key, index.number);
  for (const Value& value : query.equal) {
    if (auto ok = check_bound(value); !ok) return fail(ok.error());
    begin.append(value, room);
  }
  Bound end = begin;
  if (query.from) {
    if (auto ok = check_bound(*query.from); !ok) return fail(ok.error());
    begin.append(*query.from, room);
  } else if (query.to) {
    begin.append(kFirstValueTag);
  }
  if (query.to) {
    if (auto ok = check_bound(*query.to); !ok) return fail(ok.error());
    end.cut = false;
    end.append(*query.to, room);
    // What is cut to the same key may be less than the bound.
    if (end.cut) end.key.push_back(kAfterAll);
  } else {
    end.append(kAfterAll);
  }
  Range range{index, query.limit, query.reverse, begin.key, end.key, begin.place, end.place, {}};
  if (!query.cursor.empty()) {
    auto behind = decode_cursor(index, query.reverse, query.cursor);
    if (!behind) return fail(behind.error());
    range.behind = std::move(*behind);
  }
  return range;
}

std::optional<std::string> place_in(const Range& range, std::string_view record,
                                    const Value::Object& fields) {
  std::optional<std::string> best;
  const std::size_t room = component_room(range.index.fields.size());
  for_each_row(range.index, fields, [&](const Row& row) {
    std::string place;
    append_row(place, row, kUncut);
    if (place < range.first_place || place >= range.last_place) return;
    std::string key;
    append_index_number(key, range.index.number);
    append_row(key, row, room);
    key.append(record);
    if (!best || (range.reverse ? key > *best : key < *best)) best = std::move(key);
  });
  return best;
}

bool is_reached(const Range& range, std::string_view key) {
  if (key < range.first_key || key >= range.last_key) return false;
  return range.behind.empty() || (range.reverse ? key < range.behind : key > range.behind);
}

}  // namespace syncline::query
