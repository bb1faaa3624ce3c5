#include <map>
#include <set>

#include "merge/record_slots.hpp"
#include "tests/properties/history.hpp"

// What a list promises: the items that a device inserts in a row stay together, a move neither
// doubles nor loses an item, and no element ever grows.

namespace syncline::test {
namespace {

BOOST_AUTO_TEST_SUITE(lists)

const std::string kSchema = R"({"name":"l","version":1,"collections":{"c":{"fields":{
  "list":{"merge":"list"}}}}})";
constexpr std::size_t kPlaceBytes = 37;
constexpr std::size_t kMovedBytes = 55;

std::vector<Value> items_of(Device& device) {
  const auto record = must(device.replica().get("c", "r"));
  return record && record->fields.contains("list") ? *record->fields.at("list").if_array()
                                                   : std::vector<Value>();
}

// Three devices and every item that any of them inserted.
class Writers {
 public:
  Writers() {
    for (std::uint64_t id = 1; id <= 3; ++id)
      devices_.push_back(std::make_unique<Device>(kSchema, id));
    devices_.front()->put("c", "r", {{"list", Value(Value::Array{Value("0"), Value("1")})}});
    settle();
  }

  Device& device(unsigned number) { return *devices_[number % devices_.size()]; }

  void settle() {
    for (const auto& from : devices_) {
      std::vector<Op> ops;
      for (const LogItem& item : log_of(*from)) ops.push_back(item.op);
      for (const auto& to : devices_) deliver(*to, ops);
    }
  }

  // What all of them read.
  std::vector<Value> items() {
    for (const auto& device : devices_) RC_ASSERT(items_of(*device) == items_of(*devices_.front()));
    return items_of(*devices_.front());
  }

  // No element is longer than one that was made first.
  void check_elements() {
    for (const auto& [key, slot] : slots_of(devices_.front()->store())) {
      const auto parts = split_slot_key(key);
      if (parts->field == "list")
        RC_ASSERT(parts->element.size() == kPlaceBytes || parts->element.size() == kMovedBytes);
    }
  }

 private:
  std::vector<std::unique_ptr<Device>> devices_;
};

// The items of a run stand side by side, in their order.
void check_run(const std::vector<Value>& items, const std::vector<Value>& run) {
  if (run.empty()) return;
  const auto first = std::find(items.begin(), items.end(), run.front());
  RC_ASSERT(static_cast<std::size_t>(items.end() - first) >= run.size());
  RC_ASSERT(std::equal(run.begin(), run.end(), first));
}

// Each device inserts one by one at a place of the same list: forwards, backwards, or anywhere
// within what it has inserted itself.
RC_BOOST_PROP(runs_that_devices_insert_at_one_place_never_interleave, ()) {
  Writers writers;
  const auto at = *rc::gen::inRange<std::size_t>(0, 3);
  std::map<unsigned, std::vector<Value>> runs;
  for (const Step& step : *any_history()) {
    const unsigned number = step.device % 3;
    std::vector<Value>& run = runs[number];
    const std::size_t within = step.kind % 3 == 0   ? run.size()
                               : step.kind % 3 == 1 ? 0
                                                    : step.place % (run.size() + 1);
    const Value item(static_cast<int>(100 * run.size() + number));
    writers.device(number).wall().advance(step.amount);
    writers.device(number).write(
        [&](Transaction& t) { return t.insert("c", "r", "list", at + within, {item}); });
    run.insert(run.begin() + static_cast<std::ptrdiff_t>(within), item);
  }
  writers.settle();
  const auto items = writers.items();
  std::size_t count = 2;
  for (const auto& [number, run] : runs) {
    check_run(items, run);
    count += run.size();
  }
  RC_ASSERT(items.size() == count);
  writers.check_elements();
}

RC_BOOST_PROP(moves_neither_double_nor_lose_an_item, ()) {
  Writers writers;
  std::set<std::string> inserted{"\"0\"", "\"1\""};
  int next = 0;
  for (const Step& step : *any_history()) {
    Device& device = writers.device(step.device);
    device.wall().advance(step.amount);
    const auto size = items_of(device).size();
    const std::size_t index = step.place % size;
    if (step.kind % 6 == 0) {
      inserted.insert(std::to_string(next));
      device.write(
          [&](Transaction& t) { return t.insert("c", "r", "list", index, {Value(next)}); });
      ++next;
    } else if (step.kind % 6 == 1) {
      // Any order of what is there, put as a whole.
      auto items = items_of(device);
      std::mt19937 random(step.place);
      std::shuffle(items.begin(), items.end(), random);
      device.patch("c", "r", {{"list", Value(items)}});
      RC_ASSERT(items_of(device) == items);
    } else if (step.kind % 6 == 2) {
      std::vector<Op> ops;
      for (const LogItem& item : log_of(writers.device(step.device + 1))) ops.push_back(item.op);
      std::mt19937 random(step.place);
      for (const auto& page : random_pages(ops, random)) deliver(device, page);
    } else {
      const auto to = static_cast<std::size_t>(step.amount + 20) % size;
      auto expected = items_of(device);
      const Value moved = expected[index];
      expected.erase(expected.begin() + static_cast<std::ptrdiff_t>(index));
      expected.insert(expected.begin() + static_cast<std::ptrdiff_t>(to), moved);
      device.write([&](Transaction& t) { return t.move("c", "r", "list", index, to); });
      RC_ASSERT(items_of(device) == expected);
    }
  }
  writers.settle();
  std::multiset<std::string> found;
  for (const Value& item : writers.items()) found.insert(value_to_json(item));
  RC_ASSERT(found == std::multiset<std::string>(inserted.begin(), inserted.end()));
  writers.check_elements();
}

// A list as a plain array is changed.
RC_BOOST_PROP(a_list_on_one_device_is_an_array, ()) {
  Device device(kSchema);
  device.put("c", "r", {});
  std::vector<Value> expected;
  for (const Step& step : *any_history()) {
    const auto at = [](std::size_t index) { return static_cast<std::ptrdiff_t>(index); };
    const std::size_t index = step.place % (expected.size() + 1);
    const std::size_t count = std::min<std::size_t>(expected.size() - index,
                                                    static_cast<std::size_t>(step.amount + 20) % 4);
    const Value item = item_of(step.amount);
    device.write([&](Transaction& t) -> Result<void> {
      switch (step.kind % 4) {
        case 0:
          return t.insert("c", "r", "list", index, {item, item});
        case 1:
          return t.add("c", "r", "list", {item});
        case 2:
          return t.remove_at("c", "r", "list", index, count);
        default:
          return index < expected.size() ? t.put_at("c", "r", "list", index, item) : Result<void>();
      }
    });
    switch (step.kind % 4) {
      case 0:
        expected.insert(expected.begin() + at(index), 2, item);
        break;
      case 1:
        expected.push_back(item);
        break;
      case 2:
        expected.erase(expected.begin() + at(index), expected.begin() + at(index + count));
        break;
      default:
        if (index < expected.size()) expected[index] = item;
    }
    RC_ASSERT(items_of(device) == expected);
  }
}

// Each insertion reads all slots, which a sanitizer makes slow.
#ifdef __SANITIZE_ADDRESS__
constexpr std::size_t kInserts = 1'000;
#else
constexpr std::size_t kInserts = 10'000;
#endif

// Inserts one by one into the slots of a record, which no store stands behind.
void check_many(const std::function<std::size_t(std::size_t)>& index_of) {
  const Schema schema = must(Schema::parse(kSchema));
  const CollectionRules& rules = schema.collection("c");
  merge::RecordSlots record;
  std::vector<Value> expected;
  std::size_t longest_bytes = 0;
  for (std::size_t i = 0; i < kInserts; ++i) {
    const std::size_t index = index_of(i);
    const Value item(static_cast<std::int64_t>(i));
    must(record.write(
        rules, "list", strategy::Insert{index, {item}}, stamp_at(static_cast<std::int64_t>(i) + 1),
        [&](std::string_view field, std::string_view element, const merge::Register&) {
          if (field == "list") longest_bytes = std::max(longest_bytes, element.size());
        }));
    record.keep();
    expected.insert(expected.begin() + static_cast<std::ptrdiff_t>(index), item);
  }
  BOOST_TEST(longest_bytes == kPlaceBytes);
  BOOST_TEST((record.resolve(rules)->at("list") == Value(expected)));
}

BOOST_AUTO_TEST_CASE(many_items_inserted_in_front_leave_elements_as_short_as_the_first) {
  check_many([](std::size_t) { return 0; });
}

BOOST_AUTO_TEST_CASE(many_items_inserted_at_the_end_leave_elements_as_short_as_the_first) {
  check_many([](std::size_t i) { return i; });
}

BOOST_AUTO_TEST_CASE(many_items_inserted_in_the_middle_leave_elements_as_short_as_the_first) {
  check_many([](std::size_t i) { return i / 2; });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
