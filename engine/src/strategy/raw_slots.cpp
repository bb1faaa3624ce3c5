#include "strategy/raw_slots.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <utility>

#include "codec/bytes.hpp"

namespace syncline::strategy {
namespace {

constexpr std::string_view kSlots = "$slots";
constexpr std::string_view kElement = "element";
constexpr std::string_view kStamp = "stamp";
constexpr std::string_view kValue = "value";

const Value* member(const Value::Object& object, std::string_view name) {
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &found->second;
}

// What a put of raw slots holds, or null for another mutation.
const Value* raw_of(const Mutation& mutation) {
  const auto* put = std::get_if<Put>(&mutation);
  const auto* members = put == nullptr ? nullptr : put->value.if_object();
  return members == nullptr || members->size() != 1 ? nullptr : member(*members, kSlots);
}

tl::unexpected<Error> malformed(const std::string& what) {
  return fail(Code::kTypeMismatch, "raw slots: " + what);
}

using Registers = std::map<std::string, std::string, std::less<>>;  // by element

Result<void> add_slot(Registers& named, const Value& listed) {
  const auto* members = listed.if_object();
  if (members == nullptr) return malformed("a slot is not an object");
  for (const auto& [name, value] : *members) {
    if (name != kElement && name != kStamp && name != kValue)
      return malformed("a slot has no member \"" + name + "\"");
  }
  const Value* named_element = member(*members, kElement);
  const auto* element = named_element == nullptr ? nullptr : named_element->if_bytes();
  if (element == nullptr) return malformed("a slot has no \"element\" that is bytes");
  if (auto ok = check_element(element->data); !ok) return ok;
  std::string written(kTombstone);
  if (const Value* value = member(*members, kValue)) {
    auto encoded = encode_value(*value);
    if (!encoded) return fail(encoded.error());
    written = std::move(*encoded);
  }
  if (!named.emplace(element->data, std::move(written)).second)
    return malformed("an element is there twice");
  return {};
}

}  // namespace

std::optional<Value> raw_slots(std::span<const SlotView> slots) {
  Value::Array raw;
  for (const SlotView& slot : slots) {
    Value::Object shown{{std::string(kElement), Value(Bytes{std::string(slot.element)})},
                        {std::string(kStamp), Value(codec::encode_hex(encode_stamp(slot.stamp)))}};
    if (slot.is_live()) {
      if (auto value = decode_value(slot.value)) shown.emplace(kValue, std::move(*value));
    }
    raw.emplace_back(std::move(shown));
  }
  if (raw.empty()) return std::nullopt;
  return Value(Value::Object{{std::string(kSlots), Value(std::move(raw))}});
}

Result<Value> raw_slots_with(std::span<const SlotView> slots, std::string_view element,
                             const Value& value) {
  const auto encoded = encode_value(value);
  if (!encoded) return fail(encoded.error());
  std::vector<SlotView> all;
  std::copy_if(slots.begin(), slots.end(), std::back_inserter(all),
               [&](const SlotView& slot) { return slot.element != element; });
  all.push_back({element, Stamp{}, *encoded});
  return *raw_slots(all);
}

bool is_raw_put(const Mutation& mutation) { return raw_of(mutation) != nullptr; }

Result<std::vector<SlotWrite>> write_raw(const Mutation& mutation,
                                         std::span<const SlotView> slots) {
  const Value* raw = raw_of(mutation);
  const auto* listed = raw == nullptr ? nullptr : raw->if_array();
  if (listed == nullptr) return malformed("they are no array of slots");
  Registers named;
  for (const Value& slot : *listed) {
    if (auto ok = add_slot(named, slot); !ok) return fail(ok.error());
  }
  std::vector<SlotWrite> writes;
  for (const SlotView& slot : slots) {
    const auto found = named.find(slot.element);
    if (found != named.end()) {
      if (found->second == slot.value) named.erase(found);
    } else if (slot.is_live()) {
      writes.push_back({std::string(slot.element), std::string(kTombstone)});
    }
  }
  for (auto& [element, value] : named) writes.push_back({element, std::move(value)});
  return writes;
}

}  // namespace syncline::strategy
