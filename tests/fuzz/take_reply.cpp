#include <cstdio>
#include <memory>

#include "syncline/memory_store.hpp"
#include "syncline/replica.hpp"
#include "syncline/replication.hpp"
#include "tests/engine/support/environment.hpp"
#include "tests/fuzz/fuzz_support.hpp"

using namespace syncline;        // NOLINT(google-build-using-namespace)
using namespace syncline::test;  // NOLINT(google-build-using-namespace)

namespace {

constexpr const char* kSchema = R"({"name":"n","version":1,"collections":{"c":{"fields":{
  "n":{"merge":"counter"},"l":{"merge":"min"},"s":{"merge":"set"},"m":{"merge":"map"}},
  "groups":{"g":{"fields":["a","b"]}}}}})";

// A record with something pending in every kind of field.
Result<void> fill(Transaction& transaction) {
  auto done = transaction.put("c", "r", {{"a", Value(1)}, {"l", Value(1)}, {"f", Value("x")}});
  if (done) done = transaction.increment("c", "r", "n", 1);
  if (done) done = transaction.add("c", "r", "s", {Value("x")});
  if (done) done = transaction.put_key("c", "r", "m", "k", Value("v"));
  return done;
}

// Reads every record, which is what must never fail, whatever has arrived.
void read_everything(const Replica& replica) {
  const auto collections = replica.collections();
  fuzz::require(collections.has_value(), "collections can be listed");
  for (const std::string& collection : *collections) {
    const auto scanned =
        replica.scan(collection, {}, [](const Record& record) { return !record.id.empty(); });
    fuzz::require(scanned.has_value(), "a collection can be scanned");
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
  const auto store = make_memory_store();
  ManualWall wall;
  CountingRandom random;
  const auto replica = Replica::open(*store, wall, random, kSchema);
  fuzz::require(replica && (*replica)->write(fill), "a replica can be filled");
  Replication& replication = (*replica)->replication();
  const auto before = replication.state();

  SyncReply reply;
  reply.time_ms = kPresentMs;
  reply.epoch = "00000000000000e1";
  reply.pull = SyncReply::Pull{
      std::string(fuzz::bytes_of(data, size_bytes)), {{"*", "00000000000000e1.1"}}, 0};
  const auto outcome = replication.take_reply(reply, nullptr, kPresentMs, kPresentMs);
  const auto after = replication.state();
  if (!outcome) {
    fuzz::require(outcome.error().code == Code::kResponseMalformed, "only a bad page fails");
    fuzz::require(after->log_ops == before->log_ops && after->epoch.empty(), "and changes nothing");
    return 0;
  }
  fuzz::require(outcome->merged + outcome->quarantined <= outcome->arrived, "ops are counted once");
  fuzz::require(after->quarantined_ops == outcome->quarantined, "quarantined ops are kept");
  fuzz::require(replication.verify().has_value(), "the slots are the fold of the log");
  read_everything(**replica);
  const auto again = replication.take_reply(reply, nullptr, kPresentMs, kPresentMs);
  fuzz::require(again && again->merged == 0, "a second time changes no slot");
  fuzz::require((*replica)->write(fill).has_value(), "writing goes on");
  fuzz::require(replication.verify().has_value(), "and the log too");
  read_everything(**replica);
  return 0;
}
