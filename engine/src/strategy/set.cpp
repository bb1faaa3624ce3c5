#include <algorithm>
#include <map>
#include <set>

#include "codec/bytes.hpp"
#include "strategy/strategy.hpp"
#include "strategy/tag.hpp"

namespace syncline::strategy {
namespace {

Result<std::vector<std::string>> encode_items(const std::vector<Value>& items, FieldType type) {
  std::vector<std::string> encoded;
  for (const Value& item : items) {
    auto one = encode_typed(item, type);
    if (!one) return fail(one.error());
    encoded.push_back(std::move(*one));
  }
  return encoded;
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

// The live tags of items, which it borrows as it does the slots.
using Tags = std::map<std::string_view, std::vector<std::string_view>>;

Tags all_tags(std::span<const SlotView> slots) {
  Tags tags;
  for (const SlotView& slot : slots) {
    if (is_live_tag(slot)) tags[slot.value].push_back(slot.element);
  }
  return tags;
}

// Of these items alone, each with none at least.
Tags tags_of(const std::vector<std::string>& items, std::span<const SlotView> slots) {
  Tags tags;
  for (const std::string& item : items) tags.try_emplace(item);
  for (const SlotView& slot : slots) {
    if (!is_live_tag(slot)) continue;
    if (const auto found = tags.find(slot.value); found != tags.end())
      found->second.push_back(slot.element);
  }
  return tags;
}

void remove_tags(const std::vector<std::string_view>& tags, std::vector<SlotWrite>& writes) {
  for (const std::string_view tag : tags)
    writes.push_back({std::string(tag), std::string(kTombstone)});
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
      for (const auto& [item, tags] : tags_of(*items, slots)) remove_tags(tags, writes);
      return writes;
    }
    if (const auto* put = std::get_if<Put>(&mutation)) return put_items(put->value, slots, context);
    return wrong_strategy("set");
  }

  std::optional<Value> resolve(std::span<const SlotView> slots, const Stamp&) const override {
    const auto has_tag = [](const SlotView& slot) { return is_tag(slot.element); };
    if (std::none_of(slots.begin(), slots.end(), has_tag)) return std::nullopt;
    Value::Array items;
    std::vector<std::string_view> ordered;
    for (const auto& [item, tags] : all_tags(slots)) ordered.push_back(item);
    std::sort(ordered.begin(), ordered.end(), shown_before);
    for (const std::string_view item : ordered) {
      if (auto value = decode_value(item)) items.push_back(std::move(*value));
    }
    return Value(std::move(items));
  }

 private:
  static Result<std::vector<SlotWrite>> add_items(const std::vector<std::string>& items,
                                                  std::span<const SlotView> slots,
                                                  const WriteContext& context) {
    std::size_t ordinal = first_ordinal(slots, context.stamp);
    if (auto ok = check_tag_count(ordinal + items.size()); !ok) return fail(ok.error());
    std::vector<SlotWrite> writes;
    Tags left = tags_of(items, slots);
    for (const std::string& item : items) {
      const auto seen = left.extract(item);
      if (seen.empty()) continue;  // it was named before
      remove_tags(seen.mapped(), writes);
      writes.push_back({tag_of(context.stamp, ordinal++), item});
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
    const std::set<std::string_view> named(items->begin(), items->end());
    const Tags present = all_tags(slots);
    std::vector<std::string> missing;
    for (const std::string& item : *items) {
      if (!present.contains(item)) missing.push_back(item);
    }
    auto writes = add_items(missing, slots, context);
    if (!writes) return writes;
    for (const auto& [item, tags] : present) {
      if (!named.contains(item)) remove_tags(tags, *writes);
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
