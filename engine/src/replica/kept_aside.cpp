#include "syncline/kept_aside.hpp"

#include "replica/entries.hpp"
#include "replica/entry_walk.hpp"
#include "syncline/batch.hpp"

namespace syncline {
namespace {

KeptAside describe(Keyspace keyspace, const replica::AsideEntry& entry) {
  KeptAside kept{keyspace, entry.code};
  const auto ops = decode_batch(entry.batch);
  if (!ops || ops->size() != 1 || !ops->front().op) return kept;
  const Op& op = *ops->front().op;
  kept.collection = op.key.collection();
  kept.record = op.key.record();
  kept.field = op.key.field();
  kept.stamped_ms = op.stamp.time.milliseconds();
  return kept;
}

}  // namespace

Result<void> read_kept_aside(const Store& store,
                             const std::function<bool(const KeptAside&)>& visitor) {
  const auto snapshot = store.snapshot();
  if (!snapshot) return fail(snapshot.error());
  for (const Keyspace keyspace : {Keyspace::kQuarantine, Keyspace::kSetAside}) {
    const auto whole =
        replica::walk_entries(**snapshot, keyspace,
                              {[&visitor, keyspace](std::string_view key, std::string_view value) {
                                 const auto entry = replica::decode_aside(value, key);
                                 return !entry || visitor(describe(keyspace, *entry));
                               },
                               [](std::string_view, const Error&) { return true; }});
    if (!whole) return fail(whole.error());
    if (!*whole) return {};
  }
  return {};
}

}  // namespace syncline
