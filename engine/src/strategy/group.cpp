#include "strategy/strategy.hpp"

namespace syncline::strategy {
namespace {

// One register that holds an object of the parts, so that they win and lose together. Put takes an
// object of the parts to replace, ClearKey one part to remove.
class Group final : public Strategy {
 public:
  Result<std::vector<SlotWrite>> write(const Mutation& mutation, std::span<const SlotView> slots,
                                       const WriteContext& context) const override {
    Value::Object parts;
    if (const auto present = resolve(slots, context.deletion)) parts = *present->if_object();
    if (const auto* put = std::get_if<Put>(&mutation)) {
      const auto* changed = put->value.if_object();
      if (changed == nullptr)
        return fail(Code::kTypeMismatch, "a group is put as an object of its parts");
      for (const auto& [name, part] : *changed) parts.insert_or_assign(name, part);
      auto encoded = encode_value(Value(std::move(parts)));
      if (!encoded) return fail(encoded.error());
      return std::vector<SlotWrite>{{"", std::move(*encoded)}};
    }
    if (const auto* clear = std::get_if<ClearKey>(&mutation)) {
      if (parts.erase(clear->key) == 0) return std::vector<SlotWrite>{};
      if (parts.empty()) return std::vector<SlotWrite>{{"", std::string(kTombstone)}};
      auto encoded = encode_value(Value(std::move(parts)));
      if (!encoded) return fail(encoded.error());
      return std::vector<SlotWrite>{{"", std::move(*encoded)}};
    }
    return wrong_strategy("group");
  }

  std::optional<Value> resolve(std::span<const SlotView> slots,
                               const Stamp& deletion) const override {
    auto value = lww_strategy().resolve(slots, deletion);
    if (!value || value->if_object() == nullptr) return std::nullopt;
    return value;
  }
};

}  // namespace

const Strategy& group_strategy() {
  static const Group kStrategy;
  return kStrategy;
}

}  // namespace syncline::strategy
