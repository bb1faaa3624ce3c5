#include <algorithm>
#include <limits>

#include "strategy/strategy.hpp"

namespace syncline::strategy {
namespace {

__extension__ using Wide = __int128;

constexpr Wide kInt64Min = std::numeric_limits<std::int64_t>::min();
constexpr Wide kInt64Max = std::numeric_limits<std::int64_t>::max();

// A replica's running totals.
struct Totals {
  std::int64_t increments = 0;
  std::int64_t decrements = 0;
};

std::optional<Totals> totals_of(std::string_view encoded) {
  const auto value = decode_value(encoded);
  const auto* pair = value ? value->if_array() : nullptr;
  if (pair == nullptr || pair->size() != 2) return std::nullopt;
  const auto* increments = (*pair)[0].if_int64();
  const auto* decrements = (*pair)[1].if_int64();
  if (increments == nullptr || decrements == nullptr || *increments < 0 || *decrements < 0) {
    return std::nullopt;
  }
  return Totals{*increments, *decrements};
}

// What all replicas counted, exactly; nothing if none did.
std::optional<Wide> sum_of(std::span<const SlotView> slots, const Stamp& deletion) {
  std::optional<Wide> sum;
  for (const SlotView& slot : slots) {
    if (!follows_deletion(slot.element, deletion)) continue;
    const auto totals = totals_of(slot.value);
    if (totals) sum = sum.value_or(0) + totals->increments - totals->decrements;
  }
  return sum;
}

tl::unexpected<Error> overflow() {
  return fail(Code::kCounterOverflow, "the counter's total would leave the range of 64 bits");
}

// The sum over all replicas: each replica writes only its own slot, so concurrent changes add up.
class Counter final : public Strategy {
 public:
  Result<std::vector<SlotWrite>> write(const Mutation& mutation, std::span<const SlotView> slots,
                                       const WriteContext& context) const override {
    if (std::holds_alternative<Clear>(mutation)) return tombstones(slots);
    const auto amount = amount_of(mutation, slots, context);
    if (!amount) return fail(amount.error());
    std::string element = accumulator_element(context.stamp.replica, context.deletion);
    Totals own;
    for (const SlotView& slot : slots) {
      if (slot.element == element) own = totals_of(slot.value).value_or(Totals{});
    }
    auto& total = *amount < 0 ? own.decrements : own.increments;
    const Wide sum = Wide{total} + (*amount < 0 ? -*amount : *amount);
    if (sum > kInt64Max) return overflow();
    const Wide result = sum_of(slots, context.deletion).value_or(0) + *amount;
    if (result < kInt64Min || result > kInt64Max) return overflow();
    total = static_cast<std::int64_t>(sum);
    auto encoded = encode_value(Value(Value::Array{Value(own.increments), Value(own.decrements)}));
    if (!encoded) return fail(encoded.error());
    return std::vector<SlotWrite>{{std::move(element), std::move(*encoded)}};
  }

  std::optional<Value> resolve(std::span<const SlotView> slots,
                               const Stamp& deletion) const override {
    const auto sum = sum_of(slots, deletion);
    if (!sum) return std::nullopt;
    return Value(static_cast<std::int64_t>(std::clamp(*sum, kInt64Min, kInt64Max)));
  }

 private:
  Result<Wide> amount_of(const Mutation& mutation, std::span<const SlotView> slots,
                         const WriteContext& context) const {
    if (const auto* increment = std::get_if<Increment>(&mutation)) return Wide{increment->amount};
    const auto* put = std::get_if<Put>(&mutation);
    if (put == nullptr) return wrong_strategy("counter");
    const auto* wanted = put->value.if_int64();
    if (wanted == nullptr) {
      return fail(Code::kTypeMismatch, value_to_json(put->value).substr(0, 40) +
                                           " is not an integer, which a counter wants");
    }
    const auto present = resolve(slots, context.deletion);
    return Wide{*wanted} - (present ? *present->if_int64() : 0);
  }
};

}  // namespace

const Strategy& counter_strategy() {
  static const Counter kStrategy;
  return kStrategy;
}

}  // namespace syncline::strategy
