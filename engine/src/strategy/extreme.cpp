#include "strategy/strategy.hpp"

namespace syncline::strategy {
namespace {

std::optional<Value> number_of(const SlotView& slot) {
  auto value = decode_value(slot.value);
  if (!value || (value->if_int64() == nullptr && value->if_double() == nullptr))
    return std::nullopt;
  return std::move(*value);
}

// A total order of numbers: by value, and of two that are equal the int64 first.
int order_of(const Value& a, const Value& b) {
  if (const int order = compare_numbers(a, b); order != 0) return order;
  const bool a_double = a.if_double() != nullptr;
  const bool b_double = b.if_double() != nullptr;
  return static_cast<int>(a_double) - static_cast<int>(b_double);
}

// min and max: each replica keeps the extreme of what it ever put, in its own slot.
class Extreme final : public Strategy {
 public:
  // `sign` is 1 for the greatest and -1 for the least.
  Extreme(std::string_view name, int sign) : name_(name), sign_(sign) {}

  Result<std::vector<SlotWrite>> write(const Mutation& mutation, std::span<const SlotView> slots,
                                       const WriteContext& context) const override {
    if (std::holds_alternative<Clear>(mutation)) return tombstones(slots);
    const auto* put = std::get_if<Put>(&mutation);
    if (put == nullptr) return wrong_strategy(name_);
    const FieldType type = context.type == FieldType::kAny ? FieldType::kNumber : context.type;
    auto encoded = encode_typed(put->value, type);
    if (!encoded) return fail(encoded.error());
    std::string element = accumulator_element(context.stamp.replica, context.deletion);
    for (const SlotView& slot : slots) {
      if (slot.element != element) continue;
      const auto own = number_of(slot);
      if (own && order_of(put->value, *own) * sign_ <= 0) return std::vector<SlotWrite>{};
    }
    return std::vector<SlotWrite>{{std::move(element), std::move(*encoded)}};
  }

  std::optional<Value> resolve(std::span<const SlotView> slots,
                               const Stamp& deletion) const override {
    std::optional<Value> extreme;
    for (const SlotView& slot : slots) {
      if (!follows_deletion(slot.element, deletion)) continue;
      auto number = number_of(slot);
      if (number && (!extreme || order_of(*number, *extreme) * sign_ > 0))
        extreme = std::move(number);
    }
    return extreme;
  }

 private:
  std::string_view name_;
  int sign_;
};

}  // namespace

const Strategy& min_strategy() {
  static const Extreme kStrategy("min", -1);
  return kStrategy;
}

const Strategy& max_strategy() {
  static const Extreme kStrategy("max", 1);
  return kStrategy;
}

}  // namespace syncline::strategy
