#include "syncline/renewal.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "replica/entries.hpp"
#include "replica/memory.hpp"

namespace syncline {

using namespace replica;  // NOLINT(google-build-using-namespace): what the replica keeps

Result<Renewal> renew_replica(Store& store, Random& random) {
  Renewal renewal;
  Head head;
  Ancestors ancestors;
  std::uint64_t fence = 0;
  {
    const auto snapshot = store.snapshot();
    if (!snapshot) return fail(snapshot.error());
    const auto id = (*snapshot)->get(Keyspace::kMeta, kReplicaName);
    if (!id) return fail(id.error());
    if (!*id) return fail(Code::kStoreMissing, "the store holds no replica");
    const auto before = decode_id(**id);
    if (!before) return fail(before.error());
    renewal.before = *before;
    const auto stored = (*snapshot)->get(Keyspace::kMeta, kHeadName);
    if (!stored) return fail(stored.error());
    if (!*stored) return corrupt("entry", kHeadName);
    const auto decoded = decode_head(**stored);
    if (!decoded) return fail(decoded.error());
    head = *decoded;
    auto known = read_ancestors(**snapshot);
    if (!known) return fail(known.error());
    ancestors = std::move(*known);
    const auto kept = read_fence(**snapshot);
    if (!kept) return fail(kept.error());
    fence = *kept;
  }
  ancestors.push_back({renewal.before, head.clock.confirmed, fence});
  const auto is_taken = [&ancestors](ReplicaId id) {
    return id == ReplicaId{} ||
           std::any_of(ancestors.begin(), ancestors.end(),
                       [id](const Ancestor& ancestor) { return ancestor.replica == id; });
  };
  do {
    renewal.now = static_cast<ReplicaId>(random.next());
  } while (is_taken(renewal.now));
  // It corrects the wall clock of another device.
  head.clock.offset_ms = 0;
  StoreBatch batch;
  batch.put(Keyspace::kMeta, std::string(kReplicaName), encode_id(renewal.now));
  batch.put(Keyspace::kMeta, std::string(kHeadName), encode_head(head));
  batch.put(Keyspace::kMeta, std::string(kAncestorsName), encode_ancestors(ancestors));
  batch.erase(Keyspace::kMeta, std::string(kMemoryName));
  batch.erase(Keyspace::kMeta, std::string(kFenceName));
  if (auto ok = store.commit(batch); !ok) return fail(ok.error());
  return renewal;
}

}  // namespace syncline
