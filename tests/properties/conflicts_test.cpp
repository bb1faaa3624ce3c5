#include "tests/engine/support/conflicts.hpp"

#include <vector>

#include "tests/properties/history.hpp"

// The conflict journal after any edits of two or three replicas and any order of their syncs.

namespace syncline::test {
namespace {

BOOST_AUTO_TEST_SUITE(conflict_properties)

constexpr unsigned kWrites = 7;  // the kinds of steps that write
constexpr unsigned kStepKinds = 10;

std::vector<Step> any_edits_and_syncs() {
  return *rc::gen::container<std::vector<Step>>(
      rc::gen::build<Step>(rc::gen::set(&Step::kind, rc::gen::inRange(0U, kStepKinds)),
                           rc::gen::set(&Step::device, rc::gen::inRange(0U, 6U)),
                           rc::gen::set(&Step::place, rc::gen::inRange(0U, 2U)),
                           rc::gen::set(&Step::amount, rc::gen::inRange(0, 4))));
}

void edit(Device& device, const Step& step) {
  const std::string record(1, static_cast<char>('a' + step.place));
  const Value value(step.amount);
  device.wall().advance(1 + step.amount);
  device.write([&](Transaction& t) -> Result<void> {
    switch (step.kind) {
      case 0:
        return t.put("days", record, {{"mood", value}});
      case 1:
        return t.put_key("days", record, "sizes", step.amount < 2 ? "waist" : "hip", value);
      case 2:
        return t.patch("days", record, {{"systolic", value}});
      case 3:
        return t.increment("days", record, "water", step.amount);
      case 4: {
        const auto erased = t.erase("days", record);
        return erased ? Result<void>() : fail(erased.error());
      }
      default:
        return t.patch("days", record, {{"mood", value}});
    }
  });
}

// Two or three devices and what they sync with.
struct Household {
  explicit Household(std::size_t count) {
    for (std::uint64_t id = 1; id <= count; ++id)
      devices.push_back(std::make_unique<Device>(std::string(kConflictSchema), id));
  }

  Device& device(const Step& step) { return *devices[step.device % devices.size()]; }
  void sync_all() {
    for (int round = 0; round < 8; ++round) {
      for (const auto& device : devices) server.round(*device);
    }
    for (const auto& device : devices) RC_ASSERT(device->state().pending_ops == 0U);
  }
  // Until the device has nothing to tell and nothing to hear.
  void sync(Device& device) {
    for (int round = 0; round < 3; ++round) server.round(device);
    RC_ASSERT(device.state().pending_ops == 0U);
  }
  void check_all_list_the_same() {
    for (const auto& device : devices) {
      const auto first = listed(*devices.front());
      RC_ASSERT(listed(*device) == first);
      RC_ASSERT(code_of(device->replication().verify()) == "none");
    }
  }

  static std::vector<std::string> listed(Device& device) {
    std::vector<std::string> lines;
    for (const Conflict& conflict : conflicts_of(device, {.settled = true})) {
      lines.push_back(conflict.id + " " + conflict.field + " " + conflict.rule + " " +
                      value_to_json(conflict.lost) + " " +
                      (conflict.kept ? value_to_json(*conflict.kept) : "nothing") + " " +
                      std::to_string(static_cast<int>(conflict.state)));
    }
    return lines;
  }

  TinyServer server;
  std::vector<std::unique_ptr<Device>> devices;
};

void live(Household& household, const std::vector<Step>& steps) {
  for (const Step& step : steps) {
    if (step.kind < kWrites) {
      edit(household.device(step), step);
    } else {
      household.server.round(household.device(step));
    }
  }
}

RC_BOOST_PROP(all_replicas_list_the_same_conflicts, ()) {
  Household household(*rc::gen::inRange<std::size_t>(2, 4));
  live(household, any_edits_and_syncs());
  household.sync_all();
  household.check_all_list_the_same();
  RC_CLASSIFY(!Household::listed(*household.devices.front()).empty(), "has conflicts");
}

RC_BOOST_PROP(what_is_restored_is_the_value_of_its_field_everywhere, ()) {
  Household household(*rc::gen::inRange<std::size_t>(2, 4));
  live(household, any_edits_and_syncs());
  household.sync_all();
  const auto open = conflicts_of(*household.devices.front());
  if (open.empty()) return;
  const Conflict chosen = open[*rc::gen::inRange<std::size_t>(0, open.size())];
  Device& device = *household.devices[*rc::gen::inRange<std::size_t>(0, household.devices.size())];
  RC_ASSERT(code_of(device.replica().conflicts().restore(chosen.id)) == "none");
  household.sync_all();
  household.check_all_list_the_same();
  for (const auto& each : household.devices) {
    const auto record = must(each->replica().get(chosen.collection, chosen.record));
    RC_ASSERT(record.has_value());
    if (chosen.field == "mood") RC_ASSERT(record->fields.at("mood") == chosen.lost);
    if (chosen.field == "sizes") {
      for (const auto& [key, value] : *chosen.lost.if_object())
        RC_ASSERT(record->fields.at("sizes").if_object()->at(key) == value);
    }
  }
  for (const Conflict& conflict : conflicts_of(device)) RC_ASSERT(conflict.id != chosen.id);
}

RC_BOOST_PROP(one_after_the_other_nothing_is_in_conflict, ()) {
  Household household(*rc::gen::inRange<std::size_t>(2, 4));
  for (const Step& step : any_edits_and_syncs()) {
    Device& device = household.device(step);
    household.sync(device);
    if (step.kind < kWrites) edit(device, step);
    household.sync(device);
  }
  household.sync_all();
  for (const auto& device : household.devices) RC_ASSERT(Household::listed(*device).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
