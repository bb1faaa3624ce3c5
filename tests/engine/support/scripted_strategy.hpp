#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "syncline/strategy.hpp"
#include "tests/engine/support/results.hpp"

namespace syncline::test {

// A custom strategy that does what a test says.
class ScriptedStrategy final : public strategy::Strategy {
 public:
  using Writes = Result<std::vector<strategy::SlotWrite>>;
  using Slots = std::span<const strategy::SlotView>;
  using Write =
      std::function<Writes(const strategy::Mutation&, Slots, const strategy::WriteContext&)>;
  using Resolve = std::function<std::optional<Value>(Slots)>;

  ScriptedStrategy(Write write, Resolve resolve)
      : write_(std::move(write)), resolve_(std::move(resolve)) {}

  Writes write(const strategy::Mutation& mutation, Slots slots,
               const strategy::WriteContext& context) const override {
    return write_(mutation, slots, context);
  }
  std::optional<Value> resolve(Slots slots, const Stamp&) const override { return resolve_(slots); }

 private:
  Write write_;
  Resolve resolve_;
};

// Strategies with one, that has this name.
inline Strategies strategies_of(std::string name,
                                std::shared_ptr<const strategy::Strategy> strategy) {
  Strategies strategies;
  must(strategies.add(std::move(name), std::move(strategy)));
  return strategies;
}

}  // namespace syncline::test
