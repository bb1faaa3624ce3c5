#include <exception>
#include <set>
#include <utility>

#include "strategy/raw_slots.hpp"
#include "syncline/limits.hpp"
#include "syncline/strategy.hpp"

namespace syncline {
namespace strategy {
namespace {

// Stands for a strategy that is not registered.
class Missing final : public Strategy {
 public:
  explicit Missing(std::string_view name) : name_(name) {}

  Result<std::vector<SlotWrite>> write(const Mutation& mutation, std::span<const SlotView> slots,
                                       const WriteContext&) const override {
    if (is_raw_put(mutation)) return write_raw(mutation, slots);
    return fail(Code::kStrategyMissing,
                "the strategy \"" + name_ + "\" is not registered in this app");
  }

  std::optional<Value> resolve(std::span<const SlotView> slots, const Stamp&) const override {
    return raw_slots(slots);
  }

 private:
  std::string name_;
};

// Holds an app's strategy to what a strategy may do.
class Guarded final : public Strategy {
 public:
  Guarded(std::string name, std::shared_ptr<const Strategy> inner)
      : name_(std::move(name)), inner_(std::move(inner)) {}

  Result<std::vector<SlotWrite>> write(const Mutation& mutation, std::span<const SlotView> slots,
                                       const WriteContext& context) const override {
    if (is_raw_put(mutation)) return write_raw(mutation, slots);
    try {
      auto writes = inner_->write(mutation, slots, context);
      if (!writes) return writes;
      if (auto ok = check(*writes); !ok) return fail(ok.error());
      return writes;
    } catch (const std::exception& error) {
      return failed(std::string("threw: ") + error.what());
    } catch (...) {
      return failed("threw what is no exception");
    }
  }

  std::optional<std::string_view> only_element(const Mutation& mutation) const override {
    if (is_raw_put(mutation)) return std::nullopt;
    try {
      return inner_->only_element(mutation);
    } catch (...) {
      return std::nullopt;
    }
  }

  std::optional<Value> resolve(std::span<const SlotView> slots,
                               const Stamp& deletion) const override {
    try {
      auto value = inner_->resolve(slots, deletion);
      if (!value) return value;
      // A value of many slots may be larger than one that a slot can hold.
      const auto encoded = encode_value(*value);
      if (encoded || encoded.error().code == Code::kValueTooLarge) return value;
    } catch (...) {
      return raw_slots(slots);
    }
    return raw_slots(slots);
  }

 private:
  [[nodiscard]] tl::unexpected<Error> failed(const std::string& what) const {
    return fail(Code::kStrategyFailed, "the strategy \"" + name_ + "\" " + what);
  }

  [[nodiscard]] Result<void> check(const std::vector<SlotWrite>& writes) const {
    if (writes.size() > kTransactionOpsMax) {
      return fail(Code::kTransactionTooLarge, "the strategy \"" + name_ + "\" writes more than " +
                                                  std::to_string(kTransactionOpsMax) + " slots");
    }
    std::set<std::string_view> elements;
    for (const SlotWrite& write : writes) {
      if (auto ok = check_element(write.element); !ok) return ok;
      if (!elements.insert(write.element).second) return failed("writes two values to one element");
      if (is_tombstone(write.value)) continue;
      if (auto ok = check_value(write.value); !ok) {
        const Code code = ok.error().code;
        if (code == Code::kValueTooLarge || code == Code::kValueTooDeep) return ok;
        return failed("writes what is no value: " + ok.error().message);
      }
    }
    return {};
  }

  std::string name_;
  std::shared_ptr<const Strategy> inner_;
};

}  // namespace
}  // namespace strategy

Result<void> Strategies::add(std::string name, std::shared_ptr<const strategy::Strategy> strategy) {
  if (auto ok = check_field(name); !ok) {
    Error error = ok.error();
    error.message = "the name of a strategy: " + error.message;
    return fail(std::move(error));
  }
  if (strategy == nullptr)
    return fail(Code::kInvalidArgument, "the strategy \"" + name + "\" is null");
  if (strategies_.contains(name)) {
    return fail(Code::kInvalidArgument, "a strategy named \"" + name + "\" is registered already");
  }
  auto guarded = std::make_shared<strategy::Guarded>(name, std::move(strategy));
  strategies_.emplace(std::move(name), std::move(guarded));
  return {};
}

std::shared_ptr<const strategy::Strategy> Strategies::find(std::string_view name) const {
  const auto found = strategies_.find(name);
  if (found != strategies_.end()) return found->second;
  return std::make_shared<strategy::Missing>(name);
}

}  // namespace syncline
