#include "carried_put.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include "carried_items.hpp"
#include "syncline/slot.hpp"

namespace syncline::simulation {
namespace {

constexpr std::size_t kTagBytes = kStampBytes + 2;
constexpr std::size_t kKeyBytesMax = 240;
using Written = std::map<std::string, std::string>;

std::string encoded(const Value& value) { return *encode_value(value); }

// The first number of a tag that no slot names with the stamp.
unsigned first_ordinal(const FieldSlots& seen, const Stamp& stamp) {
  unsigned first = 0;
  for (const auto& [element, held] : seen) {
    if (element.size() != kTagBytes || !element.starts_with(encode_stamp(stamp))) continue;
    const auto high = static_cast<unsigned char>(element[kStampBytes]);
    const auto low = static_cast<unsigned char>(element[kStampBytes + 1]);
    first = std::max(first, high * 256U + low + 1U);
  }
  return first;
}

std::vector<std::string> distinct(const Value::Array& values) {
  std::vector<std::string> found;
  for (const Value& value : values) {
    const std::string one = encoded(value);
    if (std::find(found.begin(), found.end(), one) == found.end()) found.push_back(one);
  }
  return found;
}

Written set(const CarriedPut& put, const Value& value, const FieldSlots& seen) {
  Written written;
  const auto items = distinct(*as_items(value).if_array());
  std::set<std::string> there;
  for (const auto& [element, held] : seen) {
    if (element.size() != kTagBytes || is_tombstone(held.value)) continue;
    if (std::find(items.begin(), items.end(), held.value) == items.end()) {
      written.emplace(element, kTombstone);
    } else {
      there.insert(held.value);
    }
  }
  unsigned ordinal = first_ordinal(seen, put.stamp);
  for (const std::string& item : items) {
    if (!there.contains(item)) written.emplace(tag_named(put.stamp, ordinal++), item);
  }
  return written;
}

Written tagged(const CarriedPut& put, const Value& value, const FieldSlots& seen) {
  FieldRule rule;
  rule.merge = put.after;
  Value::Array values{value};
  if (put.before == Merge::kList) values = *value.if_array();
  if (put.after == Merge::kMergeText) {
    if (value.if_string() == nullptr) return {};
    values = {value};
  }
  if (!put.is_return && put.before != Merge::kList) return {{"", encoded(value)}};
  if (!put.is_return && put.after == Merge::kMergeText) return {{"", encoded(value)}};
  const auto held = meaning_of_field(rule, seen, put.deletion);
  const auto items = distinct(values);
  Value::Array wanted;
  for (const std::string& item : items) wanted.push_back(*decode_value(item));
  if (held && *held == (put.after == Merge::kMulti ? Value(wanted) : value)) return {};
  Written written;
  for (const auto& [element, slot] : seen) {
    if ((element.empty() || element.size() == kTagBytes) && !is_tombstone(slot.value))
      written.emplace(element, kTombstone);
  }
  unsigned ordinal = first_ordinal(seen, put.stamp);
  for (const std::string& item : items) written.emplace(tag_named(put.stamp, ordinal++), item);
  return written;
}

Written map(const Value& value, const FieldSlots& seen) {
  const auto* members = value.if_object();
  if (members == nullptr) return {};
  Written written;
  for (const auto& [key, member] : *members) {
    if (key.empty() || key.size() > kKeyBytesMax) return {};
    const auto held = seen.find(key);
    if (held == seen.end() || held->second.value != encoded(member))
      written.emplace(key, encoded(member));
  }
  for (const auto& [key, held] : seen) {
    if (key.empty() || !encode_value(Value(key)) || is_tombstone(held.value)) continue;
    if (!members->contains(key)) written.emplace(key, kTombstone);
  }
  return written;
}

// In a list that holds nothing.
Written list(const CarriedPut& put, const Value& value) {
  Written written;
  const auto items = carried_items(put.before, value, put.stamp, {});
  for (const CarriedItem& item : items) written.emplace(element_of(item), item.value);
  for (const std::string& place : places_of(items, put.stamp))
    written.emplace(place, encoded(Value(true)));
  return written;
}

// In the name of a replica that is none.
std::string accumulator(unsigned char last, const Stamp& deletion) {
  return std::string(7, '\xFF') + static_cast<char>(last) + encode_stamp(deletion);
}

Written counter(const CarriedPut& put, const Value& value, const FieldSlots& seen) {
  const auto* total = value.if_int64();
  if (total == nullptr) return {};
  FieldRule rule;
  rule.merge = Merge::kCounter;
  const std::string element = accumulator(0xFF, put.deletion);
  std::int64_t up = 0;
  std::int64_t down = 0;
  if (const auto own = seen.find(element); own != seen.end()) {
    const auto held = decode_value(own->second.value);
    const auto* pair = held ? held->if_array() : nullptr;
    if (pair != nullptr && pair->size() == 2 && (*pair)[0].if_int64() != nullptr &&
        (*pair)[1].if_int64() != nullptr) {
      up = *(*pair)[0].if_int64();
      down = *(*pair)[1].if_int64();
    }
  }
  const auto counted = meaning_of_field(rule, seen, put.deletion);
  const std::int64_t more = *total - (counted ? *counted->if_int64() : 0);
  (more < 0 ? down : up) += more < 0 ? -more : more;
  return {{element, encoded(Value(Value::Array{Value(up), Value(down)}))}};
}

Written extreme(const CarriedPut& put, const Value& value, const FieldSlots& seen) {
  if (value.if_int64() == nullptr && value.if_double() == nullptr) return {};
  const bool is_min = put.after == Merge::kMin;
  const std::string element = accumulator(is_min ? 0xFE : 0xFD, put.deletion);
  if (const auto own = seen.find(element); own != seen.end() && !is_tombstone(own->second.value)) {
    const auto held = decode_value(own->second.value);
    if (held && (held->if_int64() != nullptr || held->if_double() != nullptr)) {
      const int order = compare_numbers(value, *held);
      if (is_min ? order >= 0 : order <= 0) return {};
    }
  }
  return {{element, encoded(value)}};
}

}  // namespace

Value as_items(const Value& value) {
  return value.if_array() != nullptr ? value : Value(Value::Array{value});
}

std::string tag_named(const Stamp& stamp, unsigned ordinal) {
  return encode_stamp(stamp) + static_cast<char>(ordinal / 256) + static_cast<char>(ordinal % 256);
}

bool is_tagged(Merge merge) {
  return merge == Merge::kSet || merge == Merge::kMulti || merge == Merge::kMergeText;
}

bool reads_the_same(Merge a, Merge b) {
  const auto is_extreme = [](Merge merge) { return merge == Merge::kMin || merge == Merge::kMax; };
  return (a == b && a != Merge::kCustom) || (is_tagged(a) && is_tagged(b)) ||
         (is_extreme(a) && is_extreme(b));
}

const std::pair<const std::string, Register>* greatest_live(const FieldSlots& slots) {
  const std::pair<const std::string, Register>* greatest = nullptr;
  for (const auto& slot : slots) {
    const bool is_value = (slot.first.empty() || slot.first.size() == kTagBytes) &&
                          !is_tombstone(slot.second.value) && decode_value(slot.second.value);
    if (is_value && (greatest == nullptr || greatest->second < slot.second)) greatest = &slot;
  }
  return greatest;
}

std::map<std::string, std::string> carried_put(const CarriedPut& put, const Value& value,
                                               const FieldSlots& seen) {
  switch (put.after) {
    case Merge::kSet:
      return set(put, value, seen);
    case Merge::kMulti:
    case Merge::kMergeText:
      return tagged(put, value, seen);
    case Merge::kList:
      return list(put, value);
    case Merge::kMap:
      return map(value, seen);
    case Merge::kCounter:
      return counter(put, value, seen);
    case Merge::kMin:
    case Merge::kMax:
      return extreme(put, value, seen);
    case Merge::kCustom:
    case Merge::kGroup:
      return {};
    case Merge::kLww:
      break;
  }
  return {{"", encoded(value)}};
}

}  // namespace syncline::simulation
