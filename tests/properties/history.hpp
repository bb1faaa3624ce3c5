#pragma once

#include <algorithm>
#include <memory>
#include <ostream>
#include <random>
#include <rapidcheck.h>
#include <rapidcheck/boost_test.h>
#include <set>
#include <string>
#include <vector>

#include "tests/engine/support/slots.hpp"
#include "tests/engine/support/sync.hpp"

// Random histories of several replicas: what each of them writes, and what reaches it in between.

namespace syncline::test {

// `indexes` are the members of what both collections declare.
inline std::string history_schema_with(const std::string& indexes) {
  const std::string members = R"("fields":{
    "low":{"merge":"min"},"high":{"merge":"max"},"count":{"merge":"counter"},
    "set":{"merge":"set"},"map":{"merge":"map"},
    "multi":{"merge":"multi"},"text":{"merge":"merge_text"},
    "list":{"merge":"list"}},"groups":{"pair":{"fields":["left","right"]}},"indexes":{)" +
                              indexes + "}";
  return R"({"name":"history","version":1,"collections":{"loses":{)" + members +
         R"(},"revives":{"delete":"edit_revives",)" + members + "}}}";
}

inline const std::string& history_schema() {
  static const std::string kSchema = history_schema_with(R"(
    "by_plain":{"fields":["plain"]},"by_left_and_count":{"fields":["left","count"]},
    "by_set":{"fields":["set"]},"by_extremes":{"fields":["low","high"]},
    "by_map_and_list":{"fields":["map","list"]},"by_multi_and_text":{"fields":["multi","text"]})");
  return kSchema;
}

// One thing that happens. What the numbers mean depends on the kind; they may be anything.
struct Step {
  unsigned kind = 0;
  unsigned device = 0;
  unsigned place = 0;  // of the record, and of what is written in it
  int amount = 0;
};

inline void showValue(const Step& step, std::ostream& out) {
  out << "{" << step.kind << "," << step.device << "," << step.place << "," << step.amount << "}";
}

// Texts that meet often, an empty one among them.
inline Value text_of(int amount) {
  const std::vector<std::string> texts{"", "slept well", "a walk", "slept well\n\na walk"};
  return Value(texts[static_cast<std::size_t>(amount + 20) % texts.size()]);
}

// The kinds of steps: those that write, and those behind them.
inline constexpr unsigned kWritingKinds = 25;
inline constexpr unsigned kTurnsWall = kWritingKinds + 4;
inline constexpr unsigned kKinds = kTurnsWall + 2;

inline rc::Gen<std::vector<Step>> any_history() {
  return rc::gen::container<std::vector<Step>>(
      rc::gen::build<Step>(rc::gen::set(&Step::kind, rc::gen::inRange(0U, kKinds)),
                           rc::gen::set(&Step::device, rc::gen::inRange(0U, 60U)),
                           rc::gen::set(&Step::place, rc::gen::inRange(0U, 1'000U)),
                           rc::gen::set(&Step::amount, rc::gen::inRange(-20, 20))));
}

// Items and values that meet often: equal numbers of two types, and text.
inline Value item_of(int amount) {
  const std::vector<Value> items{Value(1),   Value(1.0), Value("x"),
                                 Value("y"), Value(),    Value(Value::Array{Value(amount)})};
  return items[static_cast<std::size_t>(amount + 20) % items.size()];
}

// A change of a list that the step's numbers decide, by what the list holds.
inline Result<void> change_list(Transaction& t, const std::string& collection,
                                const std::string& record, const Step& step) {
  const auto found = must(t.get(collection, record));
  std::vector<Value> items;
  if (found && found->fields.contains("list")) items = *found->fields.at("list").if_array();
  const std::size_t index = step.place % (items.size() + 1);
  const auto other = static_cast<std::size_t>(step.amount + 20) % (items.size() + 1);
  const bool is_item = index < items.size() && other < items.size();
  if (step.kind == 22 && is_item) return t.move(collection, record, "list", index, other);
  if (step.kind == 23 && is_item)
    return t.put_at(collection, record, "list", index, item_of(step.amount));
  if (step.kind == 24 && is_item) return t.remove_at(collection, record, "list", index);
  if (step.kind == 24) {
    std::rotate(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(other), items.end());
    items.insert(items.begin() + static_cast<std::ptrdiff_t>(index), item_of(step.amount));
    return t.patch(collection, record, {{"list", Value(items)}});
  }
  return t.insert(collection, record, "list", found ? index : 0,
                  {item_of(step.amount), Value(step.amount)});
}

// What a writing step does within a transaction.
inline Result<void> apply(Transaction& t, const Step& step) {
  const std::string collection = step.place % 2 == 0 ? "loses" : "revives";
  const std::string record(1, static_cast<char>('a' + step.place / 2 % 3));
  const Value item = item_of(step.amount);
  switch (step.kind) {
    case 0:
      return t.patch(collection, record, {{"plain", item}});
    case 1:
      return t.patch(collection, record, {{"left", item}});
    case 2:
      return t.patch(collection, record, {{"left", item}, {"right", Value(step.amount)}});
    case 3:
      return t.patch(collection, record, {{"low", Value(step.amount)}});
    case 4:
      return t.patch(collection, record, {{"high", Value(step.amount / 2.0)}});
    case 5:
      return t.increment(collection, record, "count", step.amount);
    case 6:
      return t.patch(collection, record, {{"count", Value(step.amount)}});
    case 7:
      return t.add(collection, record, "set", {item, Value(step.amount), item});
    case 8:
      return t.remove(collection, record, "set", {item});
    case 9:
      return t.patch(collection, record, {{"set", Value(Value::Array{item, Value("z")})}});
    case 10:
      return t.put_key(collection, record, "map",
                       std::string(1, static_cast<char>('p' + step.place % 3)), item);
    case 11:
      return t.clear_key(collection, record, "map", "p");
    case 12:
      return t.patch(collection, record, {{"map", Value(Value::Object{{"q", item}})}});
    case 13: {
      const std::vector<std::string> fields{"plain", "left", "low",   "high", "count",
                                            "set",   "map",  "multi", "text", "list"};
      return t.clear(collection, record, fields[step.place % fields.size()]);
    }
    case 14:
    case 15: {
      auto erased = t.erase(collection, record);
      return erased ? Result<void>() : fail(erased.error());
    }
    case 16:
      return t.put(collection, record, {{"plain", item}, {"low", Value(step.amount)}});
    case 21:
    case 22:
    case 23:
    case 24:
      return change_list(t, collection, record, step);
    case 17:
      return t.put(collection, record, {});
    case 18:
      return t.patch(collection, record, {{"multi", item}});
    case 19:
      return t.patch(collection, record, {{"multi", Value(Value::Array{item, Value("z")})}});
    default:
      return t.patch(collection, record, {{"text", text_of(step.amount)}});
  }
}

// Splits shuffled ops, some of them twice, into pages of any size.
inline std::vector<std::vector<Op>> random_pages(std::vector<Op> ops, std::mt19937& random) {
  const std::size_t once = ops.size();
  for (std::size_t i = 0; i < once; ++i) {
    if (random() % 3 == 0) ops.push_back(ops[i]);
  }
  std::shuffle(ops.begin(), ops.end(), random);
  std::vector<std::vector<Op>> pages;
  for (std::size_t at = 0; at < ops.size();) {
    const std::size_t size = std::min<std::size_t>(1 + random() % 20, ops.size() - at);
    pages.emplace_back(ops.begin() + static_cast<std::ptrdiff_t>(at),
                       ops.begin() + static_cast<std::ptrdiff_t>(at + size));
    at += size;
  }
  return pages;
}

inline void deliver(Device& device, std::span<const Op> page) {
  // The server's time is the device's own, so that nothing is learnt.
  take(device, page_of(page, device.wall().now_ms()));
}

// What the devices of a fleet are opened with.
struct FleetApp {
  std::string schema = history_schema();
  Strategies strategies{};
  bool may_refuse = false;  // whether writes may fail
};

// Several devices with one schema, and every op that any of them has offered.
class Fleet {
 public:
  using MakeStore = std::function<std::unique_ptr<Store>(std::size_t device)>;

  Fleet(std::size_t devices, const MakeStore& make_store, const FleetApp& app = {})
      : may_refuse_(app.may_refuse) {
    for (std::size_t i = 0; i < devices; ++i) {
      devices_.push_back(std::make_unique<Device>(make_store(i), app.schema, i + 1));
      devices_.back()->reopen(app.strategies);
    }
  }

  void run(const std::vector<Step>& history) {
    for (std::size_t i = 0; i < history.size(); ++i) step(history, i);
  }

  // Everything to everyone, each in an order of its own.
  void deliver_everything(unsigned seed) {
    for (const auto& device : devices_) offer(*device, kAnyPush);
    std::mt19937 random(seed);
    for (const auto& device : devices_) {
      for (const auto& page : random_pages(pool_, random)) deliver(*device, page);
    }
  }

  [[nodiscard]] std::size_t size() const { return devices_.size(); }
  Device& operator[](std::size_t i) { return *devices_[i]; }
  [[nodiscard]] const std::vector<Op>& pool() const { return pool_; }

 private:
  // Moves what is pending into the pool, until nothing is.
  void offer(Device& device, const PushLimits& limits) {
    while (const auto push = must(device.replication().next_push(limits))) {
      for (Op& op : must(decode_own_batch(push->ops))) pool_.push_back(std::move(op));
      take(device, verdicts_reply(std::string(push->items.size(), 'a'), device.wall().now_ms()),
           &*push);
    }
  }

  void step(const std::vector<Step>& history, std::size_t i) {
    const Step& step = history[i];
    Device& device = *devices_[step.device % devices_.size()];
    std::mt19937 random(step.place * 41 + static_cast<unsigned>(step.amount + 20));
    if (step.kind < kWritingKinds) {
      // Some transactions hold the next step too, where it writes.
      const bool two =
          step.place % 5 == 0 && i + 1 < history.size() && history[i + 1].kind < kWritingKinds;
      auto written = device.replica().write([&](Transaction& t) -> Result<void> {
        if (auto ok = apply(t, step); !ok || !two) return ok;
        return apply(t, history[i + 1]);
      });
      if (!may_refuse_) must(std::move(written));
    } else if (step.kind < kWritingKinds + 2) {
      offer(device, {1 + step.place % 7, kPushBytesMax});
    } else if (step.kind < kTurnsWall) {
      const auto pages = random_pages(pool_, random);
      for (std::size_t page = 0; page < pages.size() && page <= step.place % 4; ++page)
        deliver(device, pages[page]);
    } else if (step.kind == kTurnsWall) {
      device.wall().set(kPresentMs + step.amount * 5'000);
    } else {
      device.reopen();
    }
  }

  bool may_refuse_;
  std::vector<std::unique_ptr<Device>> devices_;
  std::vector<Op> pool_;
};

// The law, as it is written down.
inline Slots fold_by_the_law(const std::vector<Op>& ops) {
  Slots slots;
  for (const Op& op : ops) {
    const std::string candidate = encode_stamp(op.stamp) + op.value;
    auto& held = slots[op.key.bytes()];
    if (held < candidate) held = candidate;
  }
  return slots;
}

// Every record of every collection as JSON.
inline std::string read_everything(Device& device) {
  std::string all;
  for (const std::string& collection : must(device.replica().collections())) {
    must(device.replica().scan(collection, {}, [&](const Record& record) {
      all += collection + "/" + record.id + " " + value_to_json(Value(record.fields)) + "\n";
      return true;
    }));
  }
  return all;
}

}  // namespace syncline::test
