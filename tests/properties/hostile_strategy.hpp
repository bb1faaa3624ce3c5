#pragma once

#include <functional>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/engine/support/scripted_strategy.hpp"

namespace syncline::test {

// A strategy that does anything: it writes any elements, good and bad ones, answers with errors,
// throws, and reads anything out of the slots. Of the same arguments it makes the same.
class HostileStrategy final : public strategy::Strategy {
 public:
  explicit HostileStrategy(unsigned seed) : seed_(seed) {}

  Result<std::vector<strategy::SlotWrite>> write(
      const strategy::Mutation& mutation, std::span<const strategy::SlotView> slots,
      const strategy::WriteContext& context) const override {
    auto random = drawn(slots, encode_stamp(context.stamp) + std::to_string(mutation.index()));
    std::vector<strategy::SlotWrite> writes;
    switch (random() % 12) {
      case 0:
        throw std::runtime_error("hostile");
      case 1:
        throw 1;
      case 2:
        return fail(Code::kWrongStrategy, "hostile");
      case 3:
        return fail(Code::kInternal, "hostile");
      case 4:
        return writes;
      case 5:
        return std::vector<strategy::SlotWrite>{{"a", "no value"}};
      case 6:
        return std::vector<strategy::SlotWrite>{{std::string(241, 'e'), std::string(kTombstone)}};
      case 7:
        return std::vector<strategy::SlotWrite>(2, {"a", std::string(kTombstone)});
      default:
        break;
    }
    for (const char* element : {"", "a", "b", "\x01\xff"}) {
      const auto kind = random() % 4;
      if (kind == 0) writes.push_back({element, std::string(kTombstone)});
      if (kind == 1) writes.push_back({element, *encode_value(value_of(random))});
    }
    if (random() % 2 == 0) writes.push_back({encode_stamp(context.stamp), *encode_value(Value())});
    return writes;
  }

  std::optional<std::string_view> only_element(const strategy::Mutation& mutation) const override {
    if (mutation.index() % 3 == 0) throw std::runtime_error("hostile");
    return mutation.index() % 3 == 1 ? std::optional<std::string_view>("a") : std::nullopt;
  }

  std::optional<Value> resolve(std::span<const strategy::SlotView> slots,
                               const Stamp& deletion) const override {
    auto random = drawn(slots, encode_stamp(deletion));
    switch (random() % 6) {
      case 0:
        throw std::runtime_error("hostile");
      case 1:
        return std::nullopt;
      case 2:
        return Value("\xff");
      case 3:
        return Value(Value::Object{{"$slots", Value(1)}});
      default:
        return value_of(random);
    }
  }

 private:
  [[nodiscard]] std::mt19937 drawn(std::span<const strategy::SlotView> slots,
                                   std::string text) const {
    for (const strategy::SlotView& slot : slots)
      text.append(slot.element).append(encode_stamp(slot.stamp)).append(slot.value);
    return std::mt19937(seed_ ^ static_cast<unsigned>(std::hash<std::string>{}(text)));
  }
  static Value value_of(std::mt19937& random) {
    const auto number = static_cast<std::int64_t>(random() % 5);
    return random() % 2 == 0 ? Value(number) : Value(Value::Array{Value("x"), Value(number)});
  }

  unsigned seed_;
};

}  // namespace syncline::test
