#include <algorithm>
#include <set>
#include <utility>

#include "strategy/strategy.hpp"
#include "strategy/tag.hpp"

namespace syncline::strategy {
namespace {

// The encodings of what is put, each once. A value that is no array stands for an array of it.
Result<std::vector<std::string>> encode_put(const Value& put, FieldType type) {
  const auto* array = put.if_array();
  const std::span<const Value> values =
      array == nullptr ? std::span(&put, 1) : std::span<const Value>(*array);
  std::vector<std::string> encoded;
  std::set<std::string> known;
  for (const Value& value : values) {
    auto one = encode_typed(value, type);
    if (!one) return fail(one.error());
    if (known.insert(*one).second) encoded.push_back(std::move(*one));
  }
  return encoded;
}

// A multi-value register: a put replaces the values that it has seen, and concurrent ones are all
// kept (Shapiro et al., A comprehensive study of CRDTs, INRIA RR-7506, section 3.2.2).
class Multi final : public Strategy {
 public:
  Result<std::vector<SlotWrite>> write(const Mutation& mutation, std::span<const SlotView> slots,
                                       const WriteContext& context) const override {
    if (std::holds_alternative<Clear>(mutation)) return tombstones(slots);
    const auto* put = std::get_if<Put>(&mutation);
    if (put == nullptr) return wrong_strategy("multi");
    auto values = encode_put(put->value, context.type);
    if (!values) return fail(values.error());
    const auto present = values_in_order(slots);
    if (std::equal(values->begin(), values->end(), present.begin(), present.end()))
      return std::vector<SlotWrite>{};
    return replace_values(slots, std::move(*values), context.stamp);
  }

  std::optional<Value> resolve(std::span<const SlotView> slots, const Stamp&) const override {
    Value::Array values;
    for (const std::string_view encoded : values_in_order(slots)) {
      if (auto value = decode_value(encoded)) values.push_back(std::move(*value));
    }
    if (values.empty()) return std::nullopt;
    return Value(std::move(values));
  }
};

}  // namespace

const Strategy& multi_strategy() {
  static const Multi kStrategy;
  return kStrategy;
}

}  // namespace syncline::strategy
