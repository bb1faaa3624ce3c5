#include <utility>
#include <vector>

#include "syncline/kept_aside.hpp"
#include "world.hpp"

// A server that for a while refuses some ops for good, and apps that try again what was set aside.

namespace syncline::simulation {

using std::chrono::milliseconds;

namespace {

// Some slots, the same ones each time.
Server::OpJudge refuse_some(std::uint64_t mark, std::uint64_t one_of) {
  return [mark, one_of](const Op& op) -> std::optional<Code> {
    std::uint64_t hash = mark;
    for (const char byte : op.key.bytes()) hash = mix(hash, static_cast<unsigned char>(byte));
    return hash % one_of == 0 ? std::optional(Code::kValueTooLarge) : std::nullopt;
  };
}

}  // namespace

void World::refuse(SeededRandom& random) {
  const std::uint64_t mark = random.next();
  const auto one_of = static_cast<std::uint64_t>(random.between(1, 6));
  if (!server_->refuse_ops(refuse_some(mark, one_of))) return;
  counts_.add(Fault::kOpRefused);
  const std::uint64_t number = ++refusals_;
  const milliseconds lasts{random.between(20'000, 300'000)};
  static_cast<void>(time_.after(lasts, [this, number] {
    if (number == refusals_) server_->refuse_ops({});
  }));
  // Some apps try again in between, which is in vain, or when it is over; some clear away.
  for (const auto& device : devices_) {
    if (random.below(2) != 0) continue;
    const bool discards = random.below(3) == 0;
    const milliseconds when{random.between(1, 2 * lasts.count())};
    static_cast<void>(time_.after(when, [this, discards, &device = *device] {
      if (discards) discard_replaced(device);
      static_cast<void>(retry_kept_aside(device));
    }));
  }
}

bool World::retry_kept_aside(Device& device) {
  if (!device.is_running()) return false;
  const bool may_fail = device.store().is_full();
  device.account().may_offer = true;
  const auto retried = device.replica().kept_aside().retry();
  if (device.has_crashed()) return false;
  device.account().has_retried = retried.has_value();
  report(audit_.look_after_retry(device));
  if (retried && *retried == AsideRetry{}) return false;
  note("device " + std::to_string(device.number()) + ": " +
       (retried ? std::to_string(retried->offered) + " are offered again, " +
                      std::to_string(retried->merged) + " leave quarantine, " +
                      std::to_string(retried->left) + " are left"
                : retried.error().message));
  report(invariants::writes_fail_only_for_a_reason(retried ? Result<void>() : fail(retried.error()),
                                                   may_fail));
  return retried && retried->offered > 0;
}

// What another replica has replaced stays where it is until the app does not want to see it.
void World::discard_replaced(Device& device) {
  if (!device.is_running()) return;
  std::vector<AsideId> replaced;
  const auto visited = device.replica().kept_aside().visit([&replaced](const AsideOp& aside) {
    if (aside.id.kind == AsideKind::kSetAside && !aside.current) replaced.push_back(aside.id);
    return true;
  });
  if (!visited) return report(Violation{"the_store_can_be_read", visited.error().message});
  for (const AsideId& id : replaced) {
    const bool may_fail = device.store().is_full();
    // What is on the disk since the last look is not in the account yet.
    const auto known = device.account().set_aside.find(id.number);
    if (known == device.account().set_aside.end()) continue;
    known->second.is_discarded = true;
    const auto done = device.replica().kept_aside().discard(id);
    if (device.has_crashed()) return;
    note("device " + std::to_string(device.number()) + ": discards what it had set aside");
    report(invariants::writes_fail_only_for_a_reason(done ? Result<void>() : fail(done.error()),
                                                     may_fail));
  }
}

}  // namespace syncline::simulation
