#include <algorithm>

#include "codec/bytes.hpp"
#include "strategy/strategy.hpp"

namespace syncline::strategy {
namespace {

Result<void> check_key(std::string_view key) {
  if (key.empty()) return fail(Code::kKeyMalformed, "a map's key is empty");
  if (!codec::is_utf8(key)) return fail(Code::kKeyMalformed, "a map's key is not UTF-8");
  return check_element(key);
}

// Whether the slot is a key that has a value.
bool is_live_key(const SlotView& slot) { return slot.is_live() && check_key(slot.element); }

const SlotView* find_key(std::span<const SlotView> slots, std::string_view key) {
  const auto found =
      std::lower_bound(slots.begin(), slots.end(), key,
                       [](const SlotView& slot, std::string_view k) { return slot.element < k; });
  if (found == slots.end() || found->element != key || !found->is_live()) return nullptr;
  return &*found;
}

// A last-write-wins register for each key.
class Map final : public Strategy {
 public:
  Result<std::vector<SlotWrite>> write(const Mutation& mutation, std::span<const SlotView> slots,
                                       const WriteContext& context) const override {
    if (std::holds_alternative<Clear>(mutation)) return tombstones(slots);
    if (const auto* put = std::get_if<Put>(&mutation)) return put_all(put->value, slots, context);
    if (const auto* put_key = std::get_if<PutKey>(&mutation)) {
      if (auto ok = check_key(put_key->key); !ok) return fail(ok.error());
      auto encoded = encode_typed(put_key->value, context.type);
      if (!encoded) return fail(encoded.error());
      return std::vector<SlotWrite>{{put_key->key, std::move(*encoded)}};
    }
    if (const auto* clear_key = std::get_if<ClearKey>(&mutation)) {
      if (auto ok = check_key(clear_key->key); !ok) return fail(ok.error());
      if (find_key(slots, clear_key->key) == nullptr) return std::vector<SlotWrite>{};
      return std::vector<SlotWrite>{{clear_key->key, std::string(kTombstone)}};
    }
    return wrong_strategy("map");
  }

  // A map may have thousands of keys.
  std::optional<std::string_view> only_element(const Mutation& mutation) const override {
    if (const auto* put_key = std::get_if<PutKey>(&mutation)) return put_key->key;
    if (const auto* clear_key = std::get_if<ClearKey>(&mutation)) return clear_key->key;
    return std::nullopt;
  }

  std::optional<Value> resolve(std::span<const SlotView> slots, const Stamp&) const override {
    Value::Object members;
    bool any = false;
    for (const SlotView& slot : slots) {
      if (!check_key(slot.element)) continue;
      any = true;
      if (!slot.is_live()) continue;
      if (auto value = decode_value(slot.value)) {
        members.insert_or_assign(std::string(slot.element), std::move(*value));
      }
    }
    if (!any) return std::nullopt;
    return Value(std::move(members));
  }

 private:
  static Result<std::vector<SlotWrite>> put_all(const Value& value, std::span<const SlotView> slots,
                                                const WriteContext& context) {
    const auto* wanted = value.if_object();
    if (wanted == nullptr)
      return fail(Code::kTypeMismatch, "a map is put as an object of its keys");
    std::vector<SlotWrite> writes;
    for (const auto& [key, member] : *wanted) {
      if (auto ok = check_key(key); !ok) return fail(ok.error());
      auto encoded = encode_typed(member, context.type);
      if (!encoded) return fail(encoded.error());
      const SlotView* present = find_key(slots, key);
      if (present == nullptr || present->value != *encoded)
        writes.push_back({key, std::move(*encoded)});
    }
    for (const SlotView& slot : slots) {
      if (is_live_key(slot) && !wanted->contains(slot.element)) {
        writes.push_back({std::string(slot.element), std::string(kTombstone)});
      }
    }
    return writes;
  }
};

}  // namespace

const Strategy& map_strategy() {
  static const Map kStrategy;
  return kStrategy;
}

}  // namespace syncline::strategy
