#include <map>
#include <tuple>

#include <boost/test/unit_test.hpp>

#include "merge/record_slots.hpp"
#include "tests/engine/support/results.hpp"
#include "tests/engine/support/vectors.hpp"

// schema.json and strategies.json hold JSON values in which 1 and 1.0 differ, so that they are read
// with the parser that json.json is about.

namespace syncline::test {
namespace {

using Members = Value::Object;

const Value& at(const Members& object, std::string_view name) {
  const auto found = object.find(name);
  if (found == object.end()) unknown("case without", name);
  return found->second;
}

std::string text_at(const Members& object, std::string_view name) {
  const auto* found = at(object, name).if_string();
  if (found == nullptr) unknown("member that is no text", name);
  return *found;
}

void only(const Members& object, std::initializer_list<std::string_view> known) {
  for (const auto& [name, member] : object) {
    if (std::find(known.begin(), known.end(), name) == known.end()) unknown("member", name);
  }
}

void for_each_value_case(std::string_view file, const std::function<void(const Members&)>& run) {
  const Value document =
      must(value_from_json(read_source_file("spec/vectors/" + std::string(file))));
  const auto& cases = *at(*document.if_object(), "cases").if_array();
  BOOST_REQUIRE(!cases.empty());
  std::size_t ran = 0;
  for (const Value& item : cases) {
    BOOST_TEST_CONTEXT(file << ": " << text_at(*item.if_object(), "name")) {
      run(*item.if_object());
      ++ran;
    }
  }
  BOOST_TEST(ran == cases.size());
  BOOST_TEST_MESSAGE(file << ": " << ran << " cases");
}

std::string encoded(const Value& value) { return must(encode_value(value)); }

// A record as one replica of a case holds it.
class Holder {
 public:
  using Slot = std::pair<std::string, std::string>;  // field and element

  void merge(const Slot& slot, const merge::Register& candidate) {
    const auto [held, is_new] = slots_.try_emplace(slot, candidate);
    if (!is_new &&
        beats(candidate.stamp, candidate.value, held->second.stamp, held->second.value)) {
      held->second = candidate;
    }
  }
  void merge(const Holder& other) {
    for (const auto& [slot, value] : other.slots_) merge(slot, value);
  }
  [[nodiscard]] merge::RecordSlots record() const {
    merge::RecordSlots record;
    for (const auto& [slot, value] : slots_) record.load(slot.first, slot.second, value);
    return record;
  }
  [[nodiscard]] const std::map<Slot, merge::Register>& slots() const { return slots_; }

 private:
  std::map<Slot, merge::Register> slots_;
};

Result<void> apply(const CollectionRules& rules, merge::RecordSlots& record,
                   const Members& mutation, const Stamp& stamp,
                   const merge::RecordSlots::OnWrite& on_write) {
  const std::string action = text_at(mutation, "do");
  const auto write = [&](const strategy::Mutation& change) {
    return record.write(rules, text_at(mutation, "field"), change, stamp, on_write);
  };
  const auto items = [&] { return *at(mutation, "items").if_array(); };
  if (action == "put") {
    only(mutation, {"do", "field", "value"});
    return write(strategy::Put{at(mutation, "value")});
  }
  if (action == "put_fields") {
    only(mutation, {"do", "fields"});
    for (const auto& [field, value] : *at(mutation, "fields").if_object()) {
      if (auto ok = record.write(rules, field, strategy::Put{value}, stamp, on_write); !ok)
        return ok;
    }
    return {};
  }
  if (action == "clear") {
    only(mutation, {"do", "field"});
    return write(strategy::Clear{});
  }
  if (action == "increment") {
    only(mutation, {"do", "field", "by"});
    return write(strategy::Increment{std::stoll(text_at(mutation, "by"))});
  }
  if (action == "add" || action == "remove") {
    only(mutation, {"do", "field", "items"});
    if (action == "add") return write(strategy::Add{items()});
    return write(strategy::Remove{items()});
  }
  const auto index = [&](std::string_view name) {
    return static_cast<std::size_t>(*at(mutation, name).if_int64());
  };
  if (action == "insert") {
    only(mutation, {"do", "field", "index", "items"});
    return write(strategy::Insert{index("index"), items()});
  }
  if (action == "move") {
    only(mutation, {"do", "field", "from", "to"});
    return write(strategy::Move{index("from"), index("to")});
  }
  if (action == "put_at") {
    only(mutation, {"do", "field", "index", "value"});
    return write(strategy::PutAt{index("index"), at(mutation, "value")});
  }
  if (action == "remove_at") {
    only(mutation, {"do", "field", "index", "count"});
    return write(strategy::RemoveAt{index("index"), index("count")});
  }
  if (action == "put_key") {
    only(mutation, {"do", "field", "key", "value"});
    return write(strategy::PutKey{text_at(mutation, "key"), at(mutation, "value")});
  }
  if (action == "clear_key") {
    only(mutation, {"do", "field", "key"});
    return write(strategy::ClearKey{text_at(mutation, "key")});
  }
  if (action != "delete") unknown("mutation", action);
  only(mutation, {"do"});
  record.erase(stamp, on_write);
  return {};
}

using Writes = std::map<std::string, std::string>;  // by slot key

void run_mutation(const Members& step, const Members& one, const CollectionRules& rules,
                  Holder& holder) {
  only(step, {"replica", "stamp", "mutation", "writes", "error"});
  const Stamp stamp = stamp_from_hex(text_at(step, "stamp"));
  BOOST_TEST(to_hex(stamp.replica) == text_at(step, "replica"));
  std::map<Holder::Slot, std::string> written;
  merge::RecordSlots record = holder.record();
  const auto done =
      apply(rules, record, *at(step, "mutation").if_object(), stamp,
            [&](std::string_view field, std::string_view element, const merge::Register& value) {
              BOOST_TEST((value.stamp == stamp));
              written[{std::string(field), std::string(element)}] = value.value;
            });
  if (step.contains("error")) {
    BOOST_TEST(code_of(done) == text_at(step, "error"));
    return;
  }
  BOOST_REQUIRE_EQUAL(code_of(done) + message_of(done), "none");
  const auto key = [&](std::string_view field, std::string_view element) {
    return must(SlotKey::make(text_at(one, "collection"), text_at(one, "record"), field, element))
        .bytes();
  };
  Writes got;
  for (const auto& [slot, value] : written) {
    got.emplace(key(slot.first, slot.second), value);
    holder.merge(slot, {stamp, value});
  }
  Writes expected;
  std::string previous;
  for (const Value& item : *at(step, "writes").if_array()) {
    const Members& write = *item.if_object();
    only(write, {"field", "element", "value"});
    const std::string at_key = key(text_at(write, "field"), from_hex(text_at(write, "element")));
    BOOST_TEST((previous < at_key));
    previous = at_key;
    expected.emplace(at_key, from_hex(text_at(write, "value")));
  }
  BOOST_TEST((got == expected), "wrote " << got.size() << " slots, the vector " << expected.size());
  // What the record says of itself after the mutation is what its slots say.
  BOOST_TEST((record.resolve(rules) == holder.record().resolve(rules)));
}

void run_inject(const Members& step, Holder& holder) {
  only(step, {"inject", "to"});
  for (const Value& item : *at(step, "inject").if_array()) {
    const Members& slot = *item.if_object();
    only(slot, {"field", "element", "stamp", "value"});
    holder.merge({text_at(slot, "field"), from_hex(text_at(slot, "element"))},
                 {stamp_from_hex(text_at(slot, "stamp")), from_hex(text_at(slot, "value"))});
  }
}

void run_read(const Members& step, const CollectionRules& rules, const Holder& holder) {
  only(step, {"read", "expect"});
  const auto resolved = holder.record().resolve(rules);
  const Value& expected = at(step, "expect");
  const Value got = resolved ? Value(*resolved) : Value();
  BOOST_TEST((encoded(got) == encoded(expected)), value_to_json(got)
                                                      << " instead of " << value_to_json(expected));
}

BOOST_AUTO_TEST_SUITE(vectors)

BOOST_AUTO_TEST_CASE(strategies_write_and_resolve_as_the_vectors_say) {
  for_each_value_case("strategies.json", [](const Members& one) {
    only(one, {"name", "schema", "collection", "record", "steps"});
    const Schema schema = must(Schema::parse(value_to_json(at(one, "schema"))));
    const CollectionRules& rules = schema.collection(text_at(one, "collection"));
    std::map<std::string, Holder> holders;
    const auto& steps = *at(one, "steps").if_array();
    BOOST_REQUIRE(!steps.empty());
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const Members& step = *steps[i].if_object();
      BOOST_TEST_CONTEXT("step " << i << ": " << value_to_json(steps[i]).substr(0, 300)) {
        if (step.contains("mutation")) {
          run_mutation(step, one, rules, holders[text_at(step, "replica")]);
        } else if (step.contains("deliver")) {
          only(step, {"deliver", "from", "to"});
          if (text_at(step, "deliver") != "all") unknown("delivery", text_at(step, "deliver"));
          holders[text_at(step, "to")].merge(holders[text_at(step, "from")]);
        } else if (step.contains("inject")) {
          run_inject(step, holders[text_at(step, "to")]);
        } else {
          run_read(step, rules, holders[text_at(step, "read")]);
        }
      }
    }
  });
}

BOOST_AUTO_TEST_CASE(schemas_parse_as_the_vectors_say) {
  for_each_value_case("schema.json", [](const Members& one) {
    only(one, {"name", "kind", "schema", "digest", "error", "place"});
    const auto schema = Schema::parse(value_to_json(at(one, "schema")));
    const std::string kind = text_at(one, "kind");
    if (kind == "good") {
      BOOST_REQUIRE_EQUAL(code_of(schema) + message_of(schema), "none");
      BOOST_REQUIRE(schema->id().has_value());
      BOOST_TEST(schema->id()->digest == text_at(one, "digest"));
      BOOST_TEST(schema->id()->name == text_at(*at(one, "schema").if_object(), "name"));
    } else if (kind == "bad") {
      BOOST_TEST(code_of(schema) == text_at(one, "error"));
      BOOST_TEST(message_of(schema).find(text_at(one, "place")) != std::string::npos,
                 message_of(schema) << " does not name " << text_at(one, "place"));
    } else {
      unknown("kind", kind);
    }
  });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
