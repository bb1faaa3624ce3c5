#include "strategy/strategy.hpp"

namespace syncline::strategy {
namespace {

// One register, its element empty; slots with another element belong to some other strategy.
class Lww final : public Strategy {
 public:
  Result<std::vector<SlotWrite>> write(const Mutation& mutation, std::span<const SlotView> slots,
                                       const WriteContext& context) const override {
    if (const auto* put = std::get_if<Put>(&mutation)) {
      auto encoded = encode_typed(put->value, context.type);
      if (!encoded) return fail(encoded.error());
      return std::vector<SlotWrite>{{"", std::move(*encoded)}};
    }
    if (std::holds_alternative<Clear>(mutation)) {
      return slots.empty() || !slots.front().element.empty() ? std::vector<SlotWrite>{}
                                                             : tombstones(slots.first(1));
    }
    return wrong_strategy("lww");
  }

  std::optional<Value> resolve(std::span<const SlotView> slots, const Stamp&) const override {
    if (slots.empty() || !slots.front().element.empty() || !slots.front().is_live())
      return std::nullopt;
    auto value = decode_value(slots.front().value);
    if (!value) return std::nullopt;
    return std::move(*value);
  }
};

}  // namespace

const Strategy& lww_strategy() {
  static const Lww kStrategy;
  return kStrategy;
}

}  // namespace syncline::strategy
