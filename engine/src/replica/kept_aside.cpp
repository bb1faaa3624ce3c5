#include "syncline/kept_aside.hpp"

#include <utility>

#include "replica/core.hpp"
#include "replica/entry_walk.hpp"
#include "replica/incoming.hpp"
#include "replica/memory.hpp"
#include "replica/pending.hpp"

namespace syncline::replica {
namespace {

Keyspace keyspace_of(AsideKind kind) {
  return kind == AsideKind::kSetAside ? Keyspace::kSetAside : Keyspace::kQuarantine;
}

class ReplicaKeptAside final : public KeptAside {
 public:
  explicit ReplicaKeptAside(Replica::Core& core) : core_(core) {}

  Result<void> visit(const AsideVisitor& visitor) const override {
    return read_kept_aside(core_.store, visitor);
  }

  Result<AsideRetry> retry() override {
    Result<AsideRetry> outcome;
    {
      const std::lock_guard lock(core_.writer);
      outcome = try_again(core_, true);
    }
    core_.deliver();
    return outcome;
  }

  Result<bool> discard(const AsideId& id) override {
    const std::lock_guard lock(core_.writer);
    const std::string key = sequence_key(id.number);
    {
      const auto snapshot = core_.store.snapshot();
      if (!snapshot) return fail(snapshot.error());
      const auto present = (*snapshot)->get(keyspace_of(id.kind), key);
      if (!present) return fail(present.error());
      if (!*present) return false;
    }
    StoreBatch batch;
    batch.erase(keyspace_of(id.kind), key);
    if (auto ok = core_.store.commit(batch); !ok) return fail(ok.error());
    return true;
  }

 private:
  Replica::Core& core_;
};

// Nothing for an entry that cannot be read.
std::optional<AsideOp> read_aside(const Snapshot& snapshot, AsideKind kind, std::string_view key,
                                  std::string_view value) {
  const auto number = parse_sequence_key(key);
  const auto entry = decode_aside(value, key);
  if (!number || !entry) return std::nullopt;
  AsideOp aside{{kind, *number}, entry->code, read_one(entry->batch), std::string(entry->batch)};
  if (kind == AsideKind::kSetAside && aside.op) {
    const auto current = is_current(snapshot, *number, aside.op->key);
    aside.current = current && *current;
  }
  return aside;
}

}  // namespace

std::unique_ptr<KeptAside> make_kept_aside(Replica::Core& core) {
  return std::make_unique<ReplicaKeptAside>(core);
}

}  // namespace syncline::replica

namespace syncline {

Result<void> read_kept_aside(const Store& store, const AsideVisitor& visitor) {
  const auto snapshot = store.snapshot();
  if (!snapshot) return fail(snapshot.error());
  for (const AsideKind kind : {AsideKind::kSetAside, AsideKind::kQuarantined}) {
    const auto whole = replica::walk_entries(**snapshot, replica::keyspace_of(kind),
                                             {[&](std::string_view key, std::string_view value) {
                                                const auto aside = replica::read_aside(
                                                    **snapshot, kind, key, value);
                                                return !aside || visitor(*aside);
                                              },
                                              [](std::string_view, const Error&) { return true; }});
    if (!whole) return fail(whole.error());
    if (!*whole) return {};
  }
  return {};
}

}  // namespace syncline
