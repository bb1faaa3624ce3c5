#include "replica/pending.hpp"

#include <string>
#include <utility>

#include "replica/entries.hpp"

namespace syncline::replica {

Result<Op> pending_op(const Snapshot& snapshot, std::uint64_t sequence, std::string_view slot_key) {
  auto key = SlotKey::parse(slot_key);
  if (!key) return corrupt("outbox entry", slot_key);
  const auto stored = snapshot.get(Keyspace::kSlots, slot_key);
  if (!stored) return fail(stored.error());
  if (!*stored) return corrupt("outbox entry", slot_key);
  const auto slot = decode_slot(**stored, slot_key);
  if (!slot) return fail(slot.error());
  if (slot->sequence != sequence) return corrupt("outbox entry", slot_key);
  return Op{std::move(*key), slot->stamp, std::string(slot->value)};
}

}  // namespace syncline::replica
