#include <array>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "syncline/batch.hpp"
#include "syncline/conflicts.hpp"
#include "syncline/memory_store.hpp"
#include "syncline/replica.hpp"
#include "syncline/replication.hpp"
#include "tests/engine/support/environment.hpp"
#include "tests/fuzz/fuzz_support.hpp"

using namespace syncline;        // NOLINT(google-build-using-namespace)
using namespace syncline::test;  // NOLINT(google-build-using-namespace)

// Records of the conflict journal as any device of the account may have written them: what is read
// of them, and what comes of restoring and dismissing each.

namespace {

constexpr const char* kSchema = R"({"name":"n","version":1,"collections":{"c":{"fields":{
  "n":{"merge":"counter"},"l":{"merge":"min"},"s":{"merge":"set"},"m":{"merge":"map"},
  "v":{"merge":"multi"},"w":{"merge":"merge_text"},"q":{"merge":"list"},"i":{"type":"integer"}},
  "groups":{"g":{"fields":["a","b"]}}}}})";
constexpr std::array kIds{"018bcfe56800-0", "ffffffffffff-1", "018bcfe56800", "g"};
constexpr std::array kFields{"about", "lost", "kept", "state"};
constexpr std::array kNamed{"n", "l", "s", "m", "v", "w", "q", "i", "g", "a", "f", ""};
constexpr std::size_t kOpsMax = 32;

// What `about` says, a part of it left out or of another type.
Value about(fuzz::Choices& input) {
  std::string stamp;
  append_stamp(stamp, {HybridTime(kPresentMs, input.byte()), ReplicaId{9}});
  Value::Object members{{"collection", Value(input.byte() % 8 == 0 ? "$conflicts" : "c")},
                        {"record", Value("r")},
                        {"field", Value(kNamed[input.byte() % kNamed.size()])},
                        {"rule", Value("lww")},
                        {"lost", Value(Bytes{stamp})},
                        {"kept", Value(Bytes{stamp})},
                        {"element", Value(Bytes{std::string(input.take(input.byte() % 40))})},
                        {"found", Value(kPresentMs)}};
  const std::size_t spoiled = input.byte();
  if (spoiled < members.size())
    std::next(members.begin(), static_cast<std::ptrdiff_t>(spoiled))->second = Value(1);
  return Value(members);
}

// Any bytes that are a value, or one that is close to what an entry holds.
std::string value_of(fuzz::Choices& input, std::size_t field) {
  const std::uint8_t choice = input.byte();
  if (choice % 4 == 0) {
    const std::string bytes(input.take(choice / 4));
    return check_value(bytes) ? bytes : std::string(kTombstone);
  }
  if (field == 0) return encode_value(about(input)).value();
  const std::array values{Value("restored"), Value(Value::Array{Value("x"), Value(1)}),
                          Value(Value::Object{{"a", Value(1)}, {"k", Value("v")}}), Value(7)};
  return encode_value(values[choice / 4 % values.size()]).value();
}

std::vector<Op> entries_from(fuzz::Choices& input) {
  std::vector<Op> ops;
  for (std::size_t i = 0; i < kOpsMax && !input.is_empty(); ++i) {
    const char* id = kIds[input.byte() % kIds.size()];
    const Stamp stamp{HybridTime(kPresentMs, input.byte()), ReplicaId{9}};
    const std::size_t field = input.byte() % (kFields.size() + 1);
    if (field == kFields.size()) {
      ops.push_back({SlotKey::make(kConflictsCollection, id, "", kLiveElement).value(), stamp,
                     encode_value(Value(true)).value()});
    } else {
      ops.push_back({SlotKey::make(kConflictsCollection, id, kFields[field], "").value(), stamp,
                     value_of(input, field)});
    }
  }
  return ops;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
  fuzz::Choices input(fuzz::bytes_of(data, size_bytes));
  const auto store = make_memory_store();
  ManualWall wall;
  CountingRandom random;
  const auto replica = Replica::open(*store, wall, random, kSchema);
  fuzz::require(replica.has_value(), "a replica opens");
  SyncReply reply;
  reply.time_ms = kPresentMs;
  reply.epoch = "00000000000000e1";
  reply.pull = SyncReply::Pull{encode_batch(entries_from(input)), {{"*", reply.epoch + ".1"}}, 0};
  const auto taken = (*replica)->replication().take_reply(reply, nullptr, kPresentMs, kPresentMs);
  fuzz::require(taken.has_value(), "a page of entries is merged");
  Conflicts& conflicts = (*replica)->conflicts();
  std::vector<Conflict> listed;
  const ConflictFilter all{.settled = true};
  const auto visited = conflicts.visit(all, [&listed](const Conflict& conflict) {
    listed.push_back(conflict);
    return true;
  });
  fuzz::require(visited.has_value(), "the journal is read");
  for (const Conflict& conflict : listed) {
    // What a device may not write back, it may refuse.
    const bool is_restored = conflicts.restore(conflict.id).has_value();
    fuzz::require(!is_restored || conflict.state != ConflictState::kRestored,
                  "nothing is restored twice");
    fuzz::require(conflicts.dismiss(conflict.id).has_value() ==
                      (!is_restored && conflict.state != ConflictState::kRestored),
                  "what is listed can be dismissed, unless it was restored");
  }
  fuzz::require((*replica)->replication().verify().has_value(), "the state is the fold of the log");
  return 0;
}
