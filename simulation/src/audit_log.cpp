#include <algorithm>
#include <optional>
#include <string>

#include "audit.hpp"
#include "meaning.hpp"
#include "syncline/conflicts.hpp"

// What the log of a device says of what was written.

namespace syncline::simulation {
namespace {

constexpr std::uint8_t kLocal = 1;
constexpr std::uint8_t kRemote = 2;
constexpr std::uint8_t kRestamped = 3;

void note(JournalNews& news, const LogItem& item) {
  const SlotKey& key = item.op.key;
  if (key.collection() != kConflictsCollection) return;
  const std::string name(key.record());
  if (item.origin == kRemote) news.arrived.insert(name);
  if (item.origin != kLocal) return;
  if (key.field() == "about" && !is_tombstone(item.op.value)) news.recorded.insert(name);
  if (key.field().empty() && key.element() == kDeadElement) news.removed.insert(name);
}

// What the slots mean by the schema that the device has, and by those that it had: it may have them
// again, and others have them still.
std::string meaning_by_all(const DeviceAccount& account, const Schema& schema) {
  std::string meaning = meaning_of(account.slots, schema);
  for (const std::string& former : account.schema.former_documents) {
    if (const auto parsed = Schema::parse(former)) meaning += meaning_of(account.slots, *parsed);
  }
  return meaning;
}

}  // namespace

Finding Audit::read_log(DeviceAccount& account, Replica& replica) {
  HybridTime before = account.last_time;
  Finding finding;
  std::optional<std::string> meant;  // before ops were stamped anew
  std::uint64_t first_anew = 0;
  // What an ancestor had stamped goes below what the ancestor may have done since, which shows.
  bool is_own = true;
  JournalNews news;
  const bool is_known = !account.is_of_log_alone;
  const Schema& schema = replica.schema();
  const auto check_meaning = [&] {
    const bool is_checked = meant && is_own && !finding && !account.is_of_log_alone;
    is_own = true;
    if (!is_checked) return meant.reset();
    finding = invariants::stamping_anew_changes_nothing_that_is_read(
        without_stamps(*meant), without_stamps(meaning_by_all(account, schema)));
    if (!finding) finding = invariants::what_is_stamped_anew_comes_last(account, first_anew);
    meant.reset();
  };
  const auto read = replica.replication().read_log(account.next_sequence, [&](const LogItem& item) {
    if (item.origin != kRestamped) {
      check_meaning();
    } else if (!meant) {
      meant = meaning_by_all(account, schema);
      first_anew = item.sequence;
    }
    if (item.origin == kRestamped) is_own = is_own && item.op.stamp.replica == replica.id();
    if (!finding) finding = take(account, replica, item, before);
    note(news, item);
    return !finding;
  });
  if (!read) return unreadable(read.error());
  check_meaning();
  if (!finding) finding = invariants::a_migration_carries_over_everything(account);
  account.schema.unread.reset();
  account.is_of_log_alone = false;
  if (finding || !is_known) return finding;
  return invariants::the_journal_keeps_its_bounds(account.slots, news,
                                                  schema.conflict_bounds().keep);
}

// The slot of an accumulating strategy that is to follow its deletion into this one.
Slots::const_iterator Audit::renamed_from(const DeviceAccount& account, const std::string& slot,
                                          const std::string& value) {
  const std::size_t kept_bytes = slot.size() - std::min(slot.size(), kStampBytes);
  return std::find_if(account.slots.begin(), account.slots.end(), [&](const auto& other) {
    return other.first.size() == slot.size() && other.second.value == value &&
           other.first.compare(0, kept_bytes, slot, 0, kept_bytes) == 0 &&
           account.pending.contains(other.first);
  });
}

Finding Audit::take(DeviceAccount& account, const Replica& replica, const LogItem& item,
                    HybridTime& before) {
  const std::string& slot = item.op.key.bytes();
  const Register written{item.op.stamp, item.op.value};
  if (auto found = invariants::nothing_new_is_dropped(account, item)) return found;
  account.next_sequence = item.sequence + 1;
  account.last_sequence = item.sequence;
  if (item.origin != kRemote) write_over_set_aside(account, slot);
  account.sequences.insert_or_assign(slot, item.sequence);
  if (item.origin == kRemote) {
    if (auto found = invariants::nothing_is_invented(ledger_, item.op)) return found;
    ledger_.arrive(slot, written);
    if (auto found = invariants::reads_never_go_back(account, item.op)) return found;
    if (auto found = invariants::nothing_is_merged_before_its_time(account, item.op)) return found;
    account.greatest_ms = std::max(account.greatest_ms, item.op.stamp.time.milliseconds());
    account.slots.insert_or_assign(slot, written);
    account.seen[slot].insert(written.stamp);
    account.pending.erase(slot);
    return std::nullopt;
  }
  // What it merges when it is opened comes into the journal, which no migration writes.
  const bool is_carried = account.schema.unread && !is_engine_collection(item.op.key.collection());
  if (item.origin == kLocal && is_carried) {
    if (auto found = take_carried_over(account, item.op)) return found;
  } else if (item.origin == kLocal) {
    if (auto found = take_local(account, replica.schema(), item.op, before)) return found;
    ledger_.knowledge().wrote(item.op, account.seen);
    account.last_time = std::max(account.last_time, item.op.stamp.time);
    ledger_.hold(slot, written.stamp, replica.schema());
  } else {
    const bool is_own = written.stamp.replica == replica.id();
    if (auto found = restamp(account, slot, written, is_own)) return found;
    if (const auto held = account.slots.find(slot); held != account.slots.end()) {
      ledger_.knowledge().stamped_anew(slot, held->second.stamp, written.stamp);
      if (ledger_.is_carried_over(slot, held->second.stamp))
        ledger_.carry_over(slot, written.stamp);
      if (ledger_.is_doubted(slot, held->second.stamp)) ledger_.doubt(slot, written.stamp);
    } else if (const auto source = renamed_from(account, slot, written.value);
               source != account.slots.end()) {
      ledger_.knowledge().renamed(source->first, source->second.stamp, slot, written.stamp);
      if (ledger_.is_doubted(source->first, source->second.stamp))
        ledger_.doubt(slot, written.stamp);
    }
    ledger_.hold(slot, written.stamp, replica.schema());
    // The clock has gone back to before what is stamped anew.
    before = account.last_time = item.op.stamp.time;
  }
  account.greatest_ms = std::max(account.greatest_ms, item.op.stamp.time.milliseconds());
  ledger_.write(slot, written);
  account.slots.insert_or_assign(slot, written);
  account.seen[slot].insert(written.stamp);
  auto& pending = account.pending[slot];
  pending.sequence = item.sequence;
  pending.unacknowledged.push_back(written);
  if (pending.is_unsure) ledger_.doubt(slot, written.stamp);
  return std::nullopt;
}

Finding Audit::take_local(const DeviceAccount& account, const Schema& schema, const Op& op,
                          HybridTime before) {
  // What came in between may have been dropped.
  if (account.is_of_log_alone) return std::nullopt;
  const CollectionRules rules = rules_of(schema, std::string(op.key.collection()));
  if (auto found = invariants::clocks_strictly_increase(account, op, before)) return found;
  if (auto found = invariants::no_clock_is_ahead_of_what_it_knows(account, op)) return found;
  if (auto found = invariants::reads_never_go_back(account, op)) return found;
  if (auto found = invariants::an_edit_revives_only_by_the_schema(account, op, rules)) return found;
  return invariants::each_addition_has_a_tag_of_its_own(ledger_, op, rules);
}

Finding Audit::take_carried_over(DeviceAccount& account, const Op& op) {
  if (auto found = invariants::reads_never_go_back(account, op)) return found;
  if (auto found = invariants::a_migration_writes_what_the_rules_say(account, op)) return found;
  ledger_.knowledge().carried_over(op, account.seen);
  ledger_.carry_over(op.key.bytes(), op.stamp);
  return std::nullopt;
}

// Forgets what the device had put into the slot and takes back. A lesser register stays possible: a
// request whose reply was lost may have brought it to the server, where the new one replaces it. It
// is taken back when it is greater than a later one. What an ancestor had stamped goes below all
// that the ancestor may have done since, and a server may have had some of that before others wrote
// over it.
Finding Audit::restamp(DeviceAccount& account, const std::string& slot, const Register& anew,
                       bool is_own) {
  const auto pending = account.pending.find(slot);
  if (pending == account.pending.end()) return std::nullopt;  // a slot with another name
  const auto is_taken_back = [&](const Register& put) { return anew < put; };
  for (const Register& put : pending->second.unacknowledged) {
    auto found = invariants::restamped_ops_are_below_no_acknowledged_one(ledger_, slot, put, anew,
                                                                         server_.epoch());
    if (found && is_own) return found;
    if (is_taken_back(put) && !is_elsewhere(slot, put)) ledger_.withdraw(slot, put);
  }
  std::erase_if(pending->second.unacknowledged, is_taken_back);
  return std::nullopt;
}

// What a server had that was emptied, or restored from before, is nowhere unless a device pulled
// it.
bool Audit::is_elsewhere(const std::string& slot, const Register& put) const {
  if (!ledger_.was_acknowledged(slot, put)) return false;
  if (ledger_.was_acknowledged(slot, put, server_.epoch()) || ledger_.has_arrived(slot, put))
    return true;
  const auto held = server_.find(*SlotKey::parse(slot));
  return held && put <= Register{held->stamp, held->value};
}

}  // namespace syncline::simulation
