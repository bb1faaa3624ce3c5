#include <random>

#include "syncline/schema_change.hpp"
#include "tests/properties/history.hpp"

// Devices that come from one schema to another at any moment, while all of them go on writing.

namespace syncline::test {
namespace {

std::string schema_of(int version) {
  const std::string number = version == 1 ? "" : R"("merge":"counter")";
  const std::string items = version == 1 ? "" : R"("merge":"set")";
  const std::string least = version == 1 ? R"("merge":"multi")" : R"("merge":"list")";
  const std::string groups = version == 1 ? "" : R"(,"groups":{"g":{"fields":["low","high"]}})";
  return R"({"name":"m","version":)" + std::to_string(version) +
         R"(,"collections":{"c":{"fields":{"number":{)" + number + R"(},"items":{)" + items +
         R"(},"values":{)" + least + "}}" + groups + "}}}";
}

using Devices = std::vector<std::unique_ptr<Device>>;

// Every device gets what all of them have logged, in pages that are drawn.
void deliver_everything(const Devices& devices, unsigned seed) {
  std::vector<Op> ops;
  for (const auto& device : devices) {
    for (const LogItem& item : log_of(*device)) ops.push_back(item.op);
  }
  std::mt19937 random(seed);
  for (const auto& device : devices) {
    for (const auto& page : random_pages(ops, random)) deliver(*device, page);
  }
}

class MigratingFleet {
 public:
  MigratingFleet() {
    for (std::uint64_t id = 1; id <= 3; ++id)
      devices_.push_back(std::make_unique<Device>(schema_of(1), id));
    devices_.front()->put("c", "r",
                          {{"number", Value(500)},
                           {"items", Value(Value::Array{Value("a"), Value("b")})},
                           {"values", Value("x")},
                           {"low", Value(80)},
                           {"high", Value(120)}});
    deliver_everything(devices_, 0);
  }

  void run(const Step& step) {
    const std::size_t at = step.device % devices_.size();
    Device& device = *devices_[at];
    device.wall().advance(1 + step.place % 5);
    if (step.kind % 4 == 0 && !migrated_[at]) {
      device.migrate(schema_of(2));
      migrated_[at] = true;
    } else if (step.kind % 4 == 1) {
      deliver_everything(devices_, step.place);
    } else if (migrated_[at]) {
      count(device, step);
    } else {
      // What they do not touch here is what all devices carry over.
      device.patch("c", "r", {{"other", Value(step.amount)}});
    }
  }

  void finish(unsigned seed) {
    for (std::size_t at = 0; at < devices_.size(); ++at) {
      if (!migrated_[at]) devices_[at]->migrate(schema_of(2));
    }
    // What a delivery has them write into the journal, the next ones bring to all.
    for (unsigned i = 0; i < 3; ++i) deliver_everything(devices_, seed + i);
    const std::string read = devices_.front()->read("c", "r");
    const auto slots = slots_of(devices_.front()->store());
    for (const auto& device : devices_) {
      RC_ASSERT(device->read("c", "r") == read);
      RC_ASSERT(slots_of(device->store()) == slots);
      // A second migration of the same slots writes nothing.
      device->migrate(schema_of(2));
      RC_ASSERT(slots_of(device->store()) == slots);
      device->check_fold();
    }
    const auto record = must(devices_.front()->replica().get("c", "r"));
    RC_ASSERT(record.has_value());
    RC_ASSERT(*record->fields.at("number").if_int64() == 500 + counted_);
    std::set<std::string> items;
    for (const Value& item : *record->fields.at("items").if_array())
      items.insert(*item.if_string());
    RC_ASSERT(items == items_);
    RC_ASSERT(record->fields.at("values") == Value(Value::Array{Value("x")}));
    RC_ASSERT(record->fields.at("low") == Value(80));
    RC_ASSERT(record->fields.at("high") == Value(120));
  }

 private:
  void count(Device& device, const Step& step) {
    device.increment("c", "r", "number", step.amount);
    counted_ += step.amount;
    const std::string item(1, static_cast<char>('c' + step.place % 4));
    device.write([&](Transaction& t) { return t.add("c", "r", "items", {Value(item)}); });
    items_.insert(item);
  }

  Devices devices_;
  std::vector<bool> migrated_ = std::vector<bool>(3, false);
  std::int64_t counted_ = 0;
  std::set<std::string> items_{"a", "b"};
};

std::string list_of(const std::string& merge, int version) {
  return R"({"name":"m","version":)" + std::to_string(version) +
         R"(,"collections":{"c":{"fields":{"items":{"merge":")" + merge + R"("}}}}})";
}

// Devices whose items become those of a list, at any moment and again and again, while the others
// go on adding by the old rule.
class ListingFleet {
 public:
  explicit ListingFleet(std::string before) : before_(std::move(before)) {
    for (std::uint64_t id = 1; id <= 3; ++id)
      devices_.push_back(std::make_unique<Device>(list_of(before_, 1), id));
  }

  void run(const Step& step) {
    const std::size_t at = step.device % devices_.size();
    Device& device = *devices_[at];
    device.wall().advance(1 + step.place % 5);
    if (step.kind % 4 == 0) {
      migrate(at);
    } else if (step.kind % 4 == 1) {
      deliver_everything(devices_, step.place);
    } else if (!migrated_[at]) {
      add_by_the_old_rule(device);
    } else if (step.kind % 4 == 2) {
      const Value item = next_item();
      device.write([&](Transaction& t) { return t.add("c", "r", "items", {item}); });
    } else {
      remove(device, step.place);
    }
  }

  void finish(unsigned seed) {
    for (unsigned round = 0; round < 2; ++round) {
      for (std::size_t at = 0; at < devices_.size(); ++at) migrate(at);
      for (unsigned i = 0; i < 3; ++i) deliver_everything(devices_, seed + i);
    }
    const std::string read = devices_.front()->read("c", "r");
    const auto slots = slots_of(devices_.front()->store());
    for (const auto& device : devices_) {
      RC_ASSERT(device->read("c", "r") == read);
      RC_ASSERT(slots_of(device->store()) == slots);
      device->migrate(list_of("list", 2));
      RC_ASSERT(slots_of(device->store()) == slots);
      device->check_fold();
    }
    const Value::Array items = items_of(*devices_.front());
    std::set<std::int64_t> distinct;
    for (const Value& item : items) distinct.insert(*item.if_int64());
    RC_ASSERT(distinct.size() == items.size());
    // A put of an array or of values replaces what it has seen, and brings back what it names.
    if (before_ != "set") return;
    std::set<std::int64_t> expected;
    for (std::int64_t item = 0; item < added_; ++item) expected.insert(item);
    for (const std::int64_t item : removed_) expected.erase(item);
    RC_ASSERT(distinct == expected);
  }

 private:
  Value next_item() { return Value(added_++); }

  void migrate(std::size_t at) {
    devices_[at]->migrate(list_of("list", 2));
    migrated_[at] = true;
  }

  void add_by_the_old_rule(Device& device) {
    const Value item = next_item();
    if (before_ == "set") {
      device.write([&](Transaction& t) { return t.add("c", "r", "items", {item}); });
      return;
    }
    Value::Array items = items_of(device);
    items.push_back(item);
    device.patch("c", "r", {{"items", Value(items)}});
  }

  void remove(Device& device, unsigned place) {
    const Value::Array items = items_of(device);
    if (items.empty()) return;
    const std::size_t index = place % items.size();
    removed_.push_back(*items[index].if_int64());
    device.write([&](Transaction& t) { return t.remove_at("c", "r", "items", index, 1); });
  }

  static Value::Array items_of(Device& device) {
    const auto record = must(device.replica().get("c", "r"));
    if (!record || !record->fields.contains("items")) return {};
    return *record->fields.at("items").if_array();
  }

  std::string before_;
  Devices devices_;
  std::vector<bool> migrated_ = std::vector<bool>(3, false);
  std::int64_t added_ = 0;
  std::vector<std::int64_t> removed_;
};

BOOST_AUTO_TEST_SUITE(migration)

RC_BOOST_PROP(devices_that_migrate_in_any_order_keep_every_value_once, (unsigned seed)) {
  MigratingFleet fleet;
  for (const Step& step : *any_history()) fleet.run(step);
  fleet.finish(seed);
}

RC_BOOST_PROP(items_that_become_those_of_a_list_at_any_time_are_there_once, (unsigned seed)) {
  for (const std::string before : {"set", "lww", "multi"}) {
    ListingFleet fleet(before);
    for (const Step& step : *any_history()) fleet.run(step);
    fleet.finish(seed);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
