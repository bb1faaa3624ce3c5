#include <set>

#include "tests/properties/history.hpp"

// What multi and merge_text promise: a put replaces exactly what its device had read.

namespace syncline::test {
namespace {

BOOST_AUTO_TEST_SUITE(values)

const std::string kNames = "abcdefghijklmnopqrstuvwxyz";

// Devices of which each put writes a value that no other put does, and what every put replaced.
class Puts {
 public:
  Puts() {
    const std::string schema = R"({"name":"v","version":1,"collections":{"c":{"fields":{
      "values":{"merge":"multi"},"text":{"merge":"merge_text"}}}}})";
    for (std::uint64_t id = 1; id <= 3; ++id)
      devices_.push_back(std::make_unique<Device>(schema, id));
    // Where the record is not known, nothing is read that a put might replace.
    devices_.front()->put("c", "r", {});
    settle();
  }

  void run(const Step& step) {
    Device& device = *devices_[step.device % devices_.size()];
    std::mt19937 random(step.place);
    if (step.kind % 3 == 0 && next_ < kNames.size()) {
      put(device, std::string(1, kNames[next_++]));
    } else {
      some_of(*devices_[step.place % devices_.size()], device, random);
    }
    device.wall().advance(step.amount);
  }

  // Everything to everyone.
  void settle() {
    for (const auto& from : devices_) {
      std::vector<Op> ops;
      for (const LogItem& item : log_of(*from)) ops.push_back(item.op);
      for (const auto& to : devices_) deliver(*to, ops);
    }
  }

  void check() {
    std::set<std::string> left;
    for (std::size_t i = 0; i < next_; ++i) left.insert(std::string(1, kNames[i]));
    for (const std::string& value : replaced_) left.erase(value);
    const auto expected = values_of(*devices_.front());
    RC_ASSERT(std::set<std::string>(expected.begin(), expected.end()) == left);
    RC_ASSERT(expected.size() == left.size());
    std::string joined;
    for (const std::string& value : expected) joined += (joined.empty() ? "" : "\n\n") + value;
    for (const auto& device : devices_) {
      RC_ASSERT(values_of(*device) == expected);
      RC_ASSERT(text_of(*device) == joined);
    }
  }

 private:
  static const Value* field_of(const std::optional<Record>& record, std::string_view name) {
    if (!record) return nullptr;
    const auto found = record->fields.find(name);
    return found == record->fields.end() ? nullptr : &found->second;
  }

  static std::vector<std::string> values_of(Device& device) {
    const auto record = must(device.replica().get("c", "r"));
    std::vector<std::string> values;
    if (const Value* field = field_of(record, "values")) {
      for (const Value& value : *field->if_array()) values.push_back(*value.if_string());
    }
    return values;
  }

  static std::string text_of(Device& device) {
    const auto record = must(device.replica().get("c", "r"));
    const Value* field = field_of(record, "text");
    return field == nullptr ? "" : *field->if_string();
  }

  void put(Device& device, const std::string& value) {
    for (const std::string& seen : values_of(device)) replaced_.insert(seen);
    device.patch("c", "r", {{"values", Value(value)}, {"text", Value(value)}});
    RC_ASSERT(values_of(device) == std::vector{value});
    RC_ASSERT(text_of(device) == value);
  }

  // Whole mutations, since a put and what it replaces are one.
  static void some_of(Device& from, Device& to, std::mt19937& random) {
    std::vector<Op> page;
    std::optional<Stamp> stamp;
    bool taken = false;
    for (const LogItem& item : log_of(from)) {
      if (stamp != item.op.stamp) taken = random() % 3 != 0;
      stamp = item.op.stamp;
      if (taken) page.push_back(item.op);
    }
    deliver(to, page);
  }

  std::vector<std::unique_ptr<Device>> devices_;
  std::set<std::string> replaced_;
  std::size_t next_ = 0;
};

RC_BOOST_PROP(a_put_replaces_exactly_what_its_device_had_read, ()) {
  Puts puts;
  for (const Step& step : *any_history()) puts.run(step);
  puts.settle();
  puts.check();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
