#include "replica/fold.hpp"

#include <map>
#include <utility>

#include "merge/record_slots.hpp"
#include "replica/entries.hpp"

namespace syncline::replica {
namespace {

using Fold = std::map<std::string, merge::Register, std::less<>>;

Result<Fold> fold_log(const Snapshot& snapshot) {
  Fold fold;
  auto walked = walk_log(snapshot, 0, [&fold](const LogItem& item) {
    const auto [slot, is_new] =
        fold.try_emplace(item.op.key.bytes(), merge::Register{item.op.stamp, item.op.value});
    const bool replaces =
        static_cast<LogOrigin>(item.origin) == LogOrigin::kRestamped ||
        beats(item.op.stamp, item.op.value, slot->second.stamp, slot->second.value);
    if (!is_new && replaces) slot->second = {item.op.stamp, item.op.value};
    return true;
  });
  if (!walked) return fail(walked.error());
  return fold;
}

tl::unexpected<Error> differs(std::string_view key) {
  auto error = corrupt("slot", key).value();
  error.message += ": it is not what the log says";
  return fail(std::move(error));
}

}  // namespace

Result<void> walk_log(const Snapshot& snapshot, std::uint64_t from,
                      const std::function<bool(const LogItem&)>& visitor) {
  auto cursor = snapshot.cursor(Keyspace::kLog);
  if (!cursor) return fail(cursor.error());
  // The entry before may reach past `from`.
  auto standing = (*cursor)->seek_before(sequence_key(from));
  if (standing && !*standing) standing = (*cursor)->seek({});
  for (; standing && *standing; standing = (*cursor)->next()) {
    const auto first = parse_sequence_key((*cursor)->key());
    const auto entry = decode_log((*cursor)->value(), (*cursor)->key());
    if (!first || !entry) return corrupt("log entry", (*cursor)->key());
    auto ops = decode_own_batch(entry->batch);
    if (!ops) return corrupt("log entry", std::to_string(*first));
    std::uint64_t sequence = *first;
    for (Op& op : *ops) {
      const LogItem item{sequence++, static_cast<std::uint8_t>(entry->origin), std::move(op)};
      if (item.sequence >= from && !visitor(item)) return {};
    }
  }
  if (!standing) return fail(standing.error());
  return {};
}

Result<void> verify_fold(const Snapshot& snapshot) {
  auto fold = fold_log(snapshot);
  if (!fold) return fail(fold.error());
  auto cursor = snapshot.cursor(Keyspace::kSlots);
  if (!cursor) return fail(cursor.error());
  auto expected = fold->begin();
  auto standing = (*cursor)->seek({});
  for (; standing && *standing; standing = (*cursor)->next()) {
    const auto slot = decode_slot((*cursor)->value(), (*cursor)->key());
    if (!slot) return fail(slot.error());
    if (expected == fold->end() || expected->first != (*cursor)->key() ||
        expected->second.stamp != slot->stamp || expected->second.value != slot->value) {
      return differs((*cursor)->key());
    }
    ++expected;
  }
  if (!standing) return fail(standing.error());
  if (expected != fold->end()) return differs(expected->first);
  return {};
}

}  // namespace syncline::replica
