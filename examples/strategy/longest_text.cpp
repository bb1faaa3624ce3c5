#include "longest_text.hpp"

#include <string>
#include <utility>
#include <vector>

namespace longest_text {
namespace {

using namespace syncline;            // NOLINT(google-build-using-namespace): an example
using namespace syncline::strategy;  // NOLINT(google-build-using-namespace)

class LongestText final : public Strategy {
 public:
  Result<std::vector<SlotWrite>> write(const Mutation& mutation, std::span<const SlotView> slots,
                                       const WriteContext& context) const override {
    const auto* put = std::get_if<Put>(&mutation);
    if (put == nullptr && !std::holds_alternative<Clear>(mutation))
      return fail(Code::kWrongStrategy, "a text is put or cleared");
    // Each text has a slot of its own, so that a write takes the place of what it has seen only.
    const std::string own = put == nullptr ? std::string() : encode_stamp(context.stamp);
    std::vector<SlotWrite> writes;
    for (const SlotView& slot : slots) {
      if (slot.is_live() && slot.element != own)
        writes.push_back({std::string(slot.element), std::string(kTombstone)});
    }
    if (put == nullptr) return writes;
    if (put->value.if_string() == nullptr) return fail(Code::kTypeMismatch, "only texts are put");
    auto encoded = encode_value(put->value);
    if (!encoded) return fail(encoded.error());
    writes.push_back({own, std::move(*encoded)});
    return writes;
  }

  // Whoever wrote the slots: what is no text is passed over.
  std::optional<Value> resolve(std::span<const SlotView> slots, const Stamp&) const override {
    std::optional<std::string> longest;
    for (const SlotView& slot : slots) {
      const auto value = slot.is_live() ? decode_value(slot.value) : Value();
      const auto* text = value ? value->if_string() : nullptr;
      if (text == nullptr) continue;
      if (!longest || std::pair(text->size(), *text) > std::pair(longest->size(), *longest))
        longest = *text;
    }
    if (!longest) return std::nullopt;
    return Value(std::move(*longest));
  }
};

}  // namespace

std::shared_ptr<const Strategy> make() { return std::make_shared<const LongestText>(); }

}  // namespace longest_text
