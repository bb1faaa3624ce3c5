#include <map>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "schema/rule_names.hpp"
#include "strategy/carry_over.hpp"
#include "tests/engine/support/results.hpp"
#include "tests/engine/support/vectors.hpp"

// What a field holds by one rule, as another holds it: spec/vectors/carry_over.json.

namespace syncline::test {
namespace {

struct Slot {
  Stamp stamp;
  std::string value;

  bool operator==(const Slot&) const = default;
};
using Slots = std::map<std::string, Slot>;  // by element

Slots slots_at(const json::object& one, std::string_view name) {
  Slots slots;
  for (const json::value& item : one.at(name).as_array()) {
    const json::object& slot = item.as_object();
    slots.emplace(from_hex(text(slot, "element")),
                  Slot{stamp_from_hex(text(slot, "stamp")), from_hex(text(slot, "value"))});
  }
  return slots;
}

FieldRule rule_at(const json::object& one, std::string_view name) {
  return must(schema::rule_of_name(text(one, name), Strategies()));
}

BOOST_AUTO_TEST_SUITE(vectors)

BOOST_AUTO_TEST_CASE(fields_are_carried_over_as_the_vectors_say) {
  for_each_case("carry_over.json", [](const json::object& one) {
    only_members(one, {"name", "kind", "before", "after", "deletion", "is_return", "slots",
                       "written", "error"});
    const Slots slots = slots_at(one, "slots");
    std::vector<strategy::SlotView> views;
    for (const auto& [element, slot] : slots) views.push_back({element, slot.stamp, slot.value});
    const FieldRule before = rule_at(one, "before");
    const FieldRule after = rule_at(one, "after");
    const Stamp deletion = decode_stamp(from_hex(text(one, "deletion"))).value();
    const auto holding = strategy::holding_of(before, views, deletion, after.merge == Merge::kList);
    const auto carried = holding ? strategy::carry_over(before, after, *holding, views, deletion,
                                                        one.at("is_return").as_bool())
                                 : Result<std::vector<strategy::Carried>>();
    const std::string kind = text(one, "kind");
    if (kind == "left") {
      BOOST_TEST(code_of(carried) == text(one, "error"));
      return;
    }
    if (kind != "carried") unknown("kind", kind);
    BOOST_REQUIRE_EQUAL(code_of(carried) + message_of(carried), "none");
    Slots written;
    for (const strategy::Carried& each : *carried)
      written.emplace(each.element, Slot{each.stamp, each.value});
    BOOST_CHECK(written == slots_at(one, "written"));
  });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
