#include "replica/pending.hpp"

#include <limits>
#include <map>
#include <string>
#include <utility>

#include "replica/entries.hpp"
#include "replica/entry_walk.hpp"

namespace syncline::replica {
namespace {

std::optional<Waiting> waiting_with(Waiting waiting) {
  if (waiting.base == kOfferedAgain) return std::nullopt;
  return waiting;
}

}  // namespace

Result<void> walk_outbox(const Snapshot& snapshot, const OutboxVisitor& visitor) {
  auto cursor = snapshot.cursor(Keyspace::kOutbox);
  if (!cursor) return fail(cursor.error());
  auto standing = (*cursor)->seek({});
  for (; standing && *standing; standing = (*cursor)->next()) {
    const auto sequence = parse_sequence_key((*cursor)->key());
    const auto entry = decode_outbox((*cursor)->value(), (*cursor)->key());
    if (!sequence || !entry) return corrupt("outbox entry", (*cursor)->key());
    const auto goes_on = visitor(*sequence, *entry);
    if (!goes_on) return fail(goes_on.error());
    if (!*goes_on) return {};
  }
  if (!standing) return fail(standing.error());
  return {};
}

Result<std::uint64_t> walk_aside(const Snapshot& snapshot, Keyspace keyspace,
                                 const AsideEntryVisitor& visitor) {
  std::uint64_t unreadable = 0;
  Result<void> visited;
  const auto walked =
      walk_entries(snapshot, keyspace,
                   {[&](std::string_view key, std::string_view value) {
                      const auto entry = decode_aside(value, key);
                      if (entry) {
                        visited = visitor(key, *entry);
                      } else {
                        ++unreadable;
                      }
                      return visited.has_value();
                    },
                    [&unreadable](std::string_view, const Error&) { return ++unreadable > 0; }});
  if (!walked) return fail(walked.error());
  if (!visited) return fail(visited.error());
  return unreadable;
}

Result<Op> pending_op(const Snapshot& snapshot, std::uint64_t sequence, std::string_view slot_key) {
  auto key = SlotKey::parse(slot_key);
  if (!key) return corrupt("outbox entry", slot_key);
  const auto slot = read_slot(snapshot, slot_key);
  if (!slot) return fail(slot.error());
  if (!*slot || (*slot)->sequence != sequence) return corrupt("outbox entry", slot_key);
  return Op{std::move(*key), (*slot)->stamp, std::string((*slot)->value)};
}

Result<bool> is_current(const Snapshot& snapshot, std::uint64_t sequence, const SlotKey& key) {
  const auto slot = read_slot(snapshot, key.bytes());
  if (!slot) return fail(slot.error());
  return *slot && (*slot)->sequence == sequence;
}

Result<void> walk_waiting(const Snapshot& snapshot, const PendingVisitor& visitor) {
  std::map<std::uint64_t, Pending> set_aside;
  const auto collected =
      walk_aside(snapshot, Keyspace::kSetAside,
                 [&](std::string_view key, const AsideEntry& entry) -> Result<void> {
                   const auto sequence = parse_sequence_key(key);
                   auto op = sequence ? read_one(entry.batch) : std::nullopt;
                   if (!op) return {};
                   const auto current = is_current(snapshot, *sequence, op->key);
                   if (!current) return fail(current.error());
                   if (*current) set_aside.emplace(*sequence, Pending{*sequence, *op, entry.base});
                   return {};
                 });
  if (!collected) return fail(collected.error());
  bool goes_on = true;
  const auto visit_below = [&](std::uint64_t sequence) -> Result<void> {
    while (goes_on && !set_aside.empty() && set_aside.begin()->first < sequence) {
      const auto visited = visitor(std::move(set_aside.extract(set_aside.begin()).mapped()));
      if (!visited) return fail(visited.error());
      goes_on = *visited;
    }
    return {};
  };
  const auto walked =
      walk_outbox(snapshot, [&](std::uint64_t sequence, const OutboxEntry& entry) -> Result<bool> {
        if (auto ok = visit_below(sequence); !ok) return fail(ok.error());
        if (!goes_on) return false;
        set_aside.erase(sequence);
        auto op = pending_op(snapshot, sequence, entry.slot_key);
        if (!op) return fail(op.error());
        auto visited = visitor({sequence, std::move(*op), entry.base});
        if (visited) goes_on = *visited;
        return visited;
      });
  if (!walked) return fail(walked.error());
  return visit_below(std::numeric_limits<std::uint64_t>::max());
}

Result<std::optional<Waiting>> find_waiting(const Snapshot& snapshot, const Unsettled& unsettled,
                                            std::uint64_t sequence) {
  const std::string key = sequence_key(sequence);
  if (unsettled.outbox_first && sequence >= *unsettled.outbox_first) {
    const auto pending = snapshot.get(Keyspace::kOutbox, key);
    if (!pending) return fail(pending.error());
    if (*pending) {
      const auto entry = decode_outbox(**pending, key);
      if (!entry) return fail(entry.error());
      return waiting_with({entry->base, false, taken_from(sequence, entry->commit)});
    }
  }
  if (unsettled.set_aside_first && sequence >= *unsettled.set_aside_first) {
    const auto set_aside = read_set_aside(snapshot, sequence);
    if (!set_aside) return fail(set_aside.error());
    if (*set_aside) return waiting_with({(*set_aside)->base, true});
  }
  return std::nullopt;
}

Result<std::optional<Replaced>> find_replaced(const Snapshot& snapshot, const Unsettled& unsettled,
                                              std::string_view slot_key) {
  const auto slot = read_slot(snapshot, slot_key);
  if (!slot) return fail(slot.error());
  if (!*slot) return std::nullopt;
  const auto waiting = find_waiting(snapshot, unsettled, (*slot)->sequence);
  if (!waiting) return fail(waiting.error());
  return Replaced{(*slot)->sequence, *waiting ? (*waiting)->base : (*slot)->stamp};
}

std::optional<Op> read_one(std::string_view batch) {
  auto ops = decode_batch(batch);
  if (!ops || ops->size() != 1) return std::nullopt;
  return std::move(ops->front().op);
}

Result<bool> put_aside(const Snapshot& snapshot, CommitBuilder& builder, std::uint64_t sequence,
                       Code code) {
  const std::string key = sequence_key(sequence);
  const auto pending = snapshot.get(Keyspace::kOutbox, key);
  if (!pending) return fail(pending.error());
  if (!*pending) return false;
  const auto entry = decode_outbox(**pending, key);
  if (!entry) return fail(entry.error());
  const auto op = pending_op(snapshot, sequence, entry->slot_key);
  if (!op) return fail(op.error());
  const std::string batch = encode_batch({&*op, 1});
  builder.erase_outbox(sequence);
  builder.put(Keyspace::kSetAside, key, encode_aside({code, batch, {}, entry->base}));
  return true;
}

}  // namespace syncline::replica
