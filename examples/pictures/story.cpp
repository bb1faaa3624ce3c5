#include "story.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "syncline/conflicts.hpp"
#include "syncline/limits.hpp"
#include "syncline/loopback_server.hpp"
#include "syncline/memory_store.hpp"
#include "syncline/replication.hpp"

namespace pictures {
namespace {

using namespace syncline;  // NOLINT(google-build-using-namespace): an example

constexpr std::string_view kEmail = "ada@example.org";
constexpr std::string_view kPassword = "correct horse battery";
constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kEightMs = 1'772'352'000'000;  // 8:00 of 2026-03-01
constexpr std::int64_t kNineMs = kEightMs + 60 * kMinuteMs;

class HandClock final : public WallClock {
 public:
  std::int64_t now_ms() override { return now_ms_; }
  void set(std::int64_t now_ms) { now_ms_ = now_ms; }

 private:
  std::int64_t now_ms_ = kEightMs;
};

// The same identities in every run.
class Counting final : public Random {
 public:
  std::uint64_t next() override { return next_++; }

 private:
  std::uint64_t next_ = 1;
};

struct World {
  HandClock clock;
  Counting random;
  LoopbackServer server{clock, random};
};

struct Device {
  std::unique_ptr<Store> store = make_memory_store();
  std::unique_ptr<Replica> replica;
};

Result<void> open(World& world, const Scene& scene, Device& device) {
  auto opened = Replica::open(*device.store, world.clock, world.random, scene.schema);
  if (!opened) return fail(opened.error());
  device.replica = std::move(*opened);
  return {};
}

// One request: what is pending, and what the server has that this device has not.
Result<void> exchange(World& world, Secret access, Device& device) {
  Replication& side = device.replica->replication();
  const auto push = side.next_push({.ops_max = kBatchOpsMax, .bytes_max = kPushBytesMax});
  const auto cursors = side.cursors();
  if (!push) return fail(push.error());
  if (!cursors) return fail(cursors.error());
  SyncRequest request;
  request.access_token = std::move(access);
  request.replica = static_cast<std::uint64_t>(device.replica->id());
  request.pull = SyncRequest::Pull{*cursors, {}};
  if (*push) {
    request.push_ops = (*push)->ops;
    request.push_through = (*push)->items.back().sequence;
  }
  const auto reply = world.server.handle(request);
  if (!reply) return fail(reply.error().error);
  const std::int64_t now_ms = world.clock.now_ms();
  const auto taken =
      side.take_reply(std::get<SyncReply>(*reply), *push ? &**push : nullptr, now_ms, now_ms);
  return taken ? Result<void>() : fail(taken.error());
}

// Until both have everything: a push that was unseen goes again, and so does what the journal got.
// It logs in anew: between two meetings the tokens of the one before expire.
Result<void> meet(World& world, Device& phone, Device& tablet) {
  const auto login = world.server.handle(LoginRequest{std::string(kEmail), Secret(kPassword)});
  if (!login) return fail(login.error().error);
  const Secret access = std::get<TokensReply>(*login).access_token;
  for (int round = 0; round < 4; ++round) {
    for (Device* device : {&phone, &tablet}) {
      if (auto done = exchange(world, access, *device); !done) return done;
    }
  }
  return {};
}

// A value as people write it: no quotes, no brackets.
std::string words(const Value& value) {
  if (const std::string* text = value.if_string()) return *text;
  std::string joined;
  if (const auto* items = value.if_array()) {
    for (const Value& item : *items) joined += (joined.empty() ? "" : ", ") + words(item);
    return joined;
  }
  if (const auto* members = value.if_object()) {
    for (const auto& [name, member] : *members)
      joined += (joined.empty() ? "" : ", ") + name + " " + words(member);
    return joined;
  }
  return value_to_json(value);
}

Result<std::string> reading(const Device& device, const Scene& scene) {
  const auto record = device.replica->get(kCollection, kRecord);
  if (!record) return fail(record.error());
  if (!*record) return std::string("no record");
  if (scene.field.empty()) return words(Value((*record)->fields));
  const auto field = (*record)->fields.find(scene.field);
  return field == (*record)->fields.end() ? std::string("nothing") : words(field->second);
}

std::string clock_text(std::int64_t time_ms) {
  const std::int64_t minutes = (time_ms - kEightMs) / kMinuteMs;
  const std::string past = std::to_string(minutes % 60);
  return std::to_string(8 + minutes / 60) + ":" + (past.size() < 2 ? "0" : "") + past;
}

Result<std::vector<Loss>> losses(const Device& device, const Device& phone) {
  std::vector<Loss> found;
  const ReplicaId phones = phone.replica->id();
  const auto written = [&](const Stamp& stamp) {
    return std::string(stamp.replica == phones ? "phone" : "tablet") + " at " +
           clock_text(stamp.time.milliseconds());
  };
  const auto done = device.replica->conflicts().visit({}, [&](const Conflict& conflict) {
    const std::string kept = conflict.kept ? words(*conflict.kept) : "the deletion";
    found.push_back({words(conflict.lost) + " (" + written(conflict.lost_stamp) + ")",
                     kept + " (" + written(conflict.kept_stamp) + ")",
                     conflict.lost_stamp.replica == phones});
    return true;
  });
  if (!done) return fail(done.error());
  return found;
}

Result<Story> tell(const Scene& scene, const Device& phone, const Device& tablet,
                   std::string before) {
  const auto on_phone = reading(phone, scene);
  const auto on_tablet = reading(tablet, scene);
  auto kept = losses(phone, phone);
  const auto also_kept = losses(tablet, phone);
  if (!on_phone) return fail(on_phone.error());
  if (!on_tablet) return fail(on_tablet.error());
  if (!kept) return fail(kept.error());
  if (!also_kept) return fail(also_kept.error());
  if (kept->size() != also_kept->size())
    return fail(Code::kInvalidArgument, "the two journals of " + scene.name + " differ");
  return Story{std::move(before), *on_phone, *on_tablet, std::move(*kept)};
}

}  // namespace

Result<Story> play(const Scene& scene) {
  World world;
  Device phone;
  Device tablet;
  if (auto done = open(world, scene, phone); !done) return fail(done.error());
  if (auto done = open(world, scene, tablet); !done) return fail(done.error());
  const auto account = world.server.handle(RegisterRequest{std::string(kEmail), Secret(kPassword)});
  if (!account) return fail(account.error().error);

  if (auto done = phone.replica->write(scene.before.body); !done) return fail(done.error());
  if (auto done = meet(world, phone, tablet); !done) return fail(done.error());
  auto before = reading(tablet, scene);
  if (!before) return fail(before.error());

  world.clock.set(kNineMs);
  if (auto done = phone.replica->write(scene.phone.body); !done) return fail(done.error());
  world.clock.set(kNineMs + 5 * kMinuteMs);
  if (auto done = tablet.replica->write(scene.tablet.body); !done) return fail(done.error());
  world.clock.set(kNineMs + 30 * kMinuteMs);
  if (auto done = meet(world, phone, tablet); !done) return fail(done.error());
  return tell(scene, phone, tablet, std::move(*before));
}

}  // namespace pictures
