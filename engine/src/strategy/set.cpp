#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "codec/bytes.hpp"
#include "strategy/strategy.hpp"

namespace syncline::strategy {
namespace {

// Encoded items.
using Items = std::set<std::string, std::less<>>;

Result<std::vector<std::string>> encode_items(const std::vector<Value>& items, FieldType type) {
  std::vector<std::string> encoded;
  for (const Value& item : items) {
    auto one = encode_typed(item, type);
    if (!one) return fail(one.error());
    encoded.push_back(std::move(*one));
  }
  return encoded;
}

constexpr std::size_t kTagBytes = kStampBytes + 2;

// Whether the slot is an addition that no removal has seen.
bool is_live_tag(const SlotView& slot) {
  return slot.element.size() == kTagBytes && slot.is_live();
}

// The name of one addition, which no other addition anywhere has.
std::string tag_of(const Stamp& stamp, std::size_t ordinal) {
  std::string tag = encode_stamp(stamp);
  tag.push_back(static_cast<char>(static_cast<std::uint8_t>(ordinal >> 8U)));
  tag.push_back(static_cast<char>(static_cast<std::uint8_t>(ordinal)));
  return tag;
}

// The order in which a set is shown: strings and bytes by what they hold, not by their lengths
// first, as their encodings are ordered.
bool shown_before(std::string_view a, std::string_view b) {
  constexpr char kStringTag = 0x06;
  constexpr char kBytesTag = 0x07;
  if (a.front() != b.front() || (a.front() != kStringTag && a.front() != kBytesTag)) return a < b;
  const auto content = [](std::string_view item) {
    codec::Reader reader(item.substr(1));
    return reader.take_sized().value_or(std::string_view());
  };
  return content(a) < content(b);
}

void remove_item(std::string_view item, std::span<const SlotView> slots,
                 std::vector<SlotWrite>& writes) {
  for (const SlotView& slot : slots) {
    if (is_live_tag(slot) && slot.value == item)
      writes.push_back({std::string(slot.element), std::string(kTombstone)});
  }
}

// An observed-remove set in which an addition wins over a concurrent removal: a removal only
// touches the tags that it has seen (Shapiro et al., A comprehensive study of CRDTs, INRIA RR-7506,
// section 3.3.5).
class Set final : public Strategy {
 public:
  Result<std::vector<SlotWrite>> write(const Mutation& mutation, std::span<const SlotView> slots,
                                       const WriteContext& context) const override {
    if (std::holds_alternative<Clear>(mutation)) return tombstones(slots);
    if (const auto* add = std::get_if<Add>(&mutation)) {
      const auto items = encode_items(add->items, context.type);
      if (!items) return fail(items.error());
      return add_items(*items, slots, context);
    }
    if (const auto* remove = std::get_if<Remove>(&mutation)) {
      const auto items = encode_items(remove->items, FieldType::kAny);
      if (!items) return fail(items.error());
      std::vector<SlotWrite> writes;
      for (const std::string& item : Items(items->begin(), items->end()))
        remove_item(item, slots, writes);
      return writes;
    }
    if (const auto* put = std::get_if<Put>(&mutation)) return put_items(put->value, slots, context);
    return wrong_strategy("set");
  }

  std::optional<Value> resolve(std::span<const SlotView> slots, const Stamp&) const override {
    const auto is_tag = [](const SlotView& slot) { return slot.element.size() == kTagBytes; };
    if (std::none_of(slots.begin(), slots.end(), is_tag)) return std::nullopt;
    Value::Array items;
    const Items live = live_items(slots);
    std::vector<std::string_view> ordered(live.begin(), live.end());
    std::sort(ordered.begin(), ordered.end(), shown_before);
    for (const std::string_view item : ordered) {
      if (auto value = decode_value(item)) items.push_back(std::move(*value));
    }
    return Value(std::move(items));
  }

 private:
  static Items live_items(std::span<const SlotView> slots) {
    Items items;
    for (const SlotView& slot : slots) {
      if (is_live_tag(slot)) items.emplace(slot.value);
    }
    return items;
  }

  static Result<std::vector<SlotWrite>> add_items(const std::vector<std::string>& items,
                                                  std::span<const SlotView> slots,
                                                  const WriteContext& context) {
    if (items.size() > std::numeric_limits<std::uint16_t>::max()) {
      return fail(Code::kTransactionTooLarge, "more than 65,535 items are added at once");
    }
    std::vector<SlotWrite> writes;
    Items added;
    for (const std::string& item : items) {
      if (!added.insert(item).second) continue;
      remove_item(item, slots, writes);
      writes.push_back({tag_of(context.stamp, added.size() - 1), item});
    }
    return writes;
  }

  static Result<std::vector<SlotWrite>> put_items(const Value& value,
                                                  std::span<const SlotView> slots,
                                                  const WriteContext& context) {
    const auto* wanted = value.if_array();
    if (wanted == nullptr)
      return fail(Code::kTypeMismatch, "a set is put as an array of its items");
    const auto items = encode_items(*wanted, context.type);
    if (!items) return fail(items.error());
    const Items named(items->begin(), items->end());
    const Items present = live_items(slots);
    std::vector<std::string> missing;
    for (const std::string& item : *items) {
      if (!present.contains(item)) missing.push_back(item);
    }
    auto writes = add_items(missing, slots, context);
    if (!writes) return writes;
    for (const std::string& item : present) {
      if (!named.contains(item)) remove_item(item, slots, *writes);
    }
    return writes;
  }
};

}  // namespace

const Strategy& set_strategy() {
  static const Set kStrategy;
  return kStrategy;
}

}  // namespace syncline::strategy
