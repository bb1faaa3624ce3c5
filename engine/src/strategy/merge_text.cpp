#include <utility>

#include "strategy/strategy.hpp"
#include "strategy/tag.hpp"

namespace syncline::strategy {
namespace {

constexpr std::string_view kSeparator = "\n\n";

// A multi-value register of texts that reads as all of them, so that no concurrent one is lost.
class MergeText final : public Strategy {
 public:
  Result<std::vector<SlotWrite>> write(const Mutation& mutation, std::span<const SlotView> slots,
                                       const WriteContext& context) const override {
    if (std::holds_alternative<Clear>(mutation)) return tombstones(slots);
    const auto* put = std::get_if<Put>(&mutation);
    if (put == nullptr) return wrong_strategy("merge_text");
    // What is read may be longer than a value, and can be put back all the same.
    if (resolve(slots, context.deletion) == put->value) return std::vector<SlotWrite>{};
    auto encoded = encode_typed(put->value, FieldType::kString);
    if (!encoded) return fail(encoded.error());
    return replace_values(slots, {std::move(*encoded)}, context.stamp);
  }

  std::optional<Value> resolve(std::span<const SlotView> slots, const Stamp&) const override {
    std::string joined;
    bool any = false;
    for (const std::string_view encoded : values_in_order(slots)) {
      const auto value = decode_value(encoded);
      const auto* text = value ? value->if_string() : nullptr;
      if (text == nullptr) continue;
      any = true;
      if (!joined.empty() && !text->empty()) joined += kSeparator;
      joined += *text;
    }
    if (!any) return std::nullopt;
    return Value(std::move(joined));
  }
};

}  // namespace

const Strategy& merge_text_strategy() {
  static const MergeText kStrategy;
  return kStrategy;
}

}  // namespace syncline::strategy
