"""The plants: mistakes that a good engineer could make, each of which the simulator has to find.

A plant replaces `find`, which its file has exactly once, by `replace`, which asks `planted("NAME")` and does what the
file did before when that says no. All are compiled into one program, and one at a time is switched on.
"""

from typing import NamedTuple


class Plant(NamedTuple):
    name: str
    what: str
    file: str
    find: str
    replace: str


CLOCK = "engine/src/clock/clock.cpp"
CLOCK_HEADER = "engine/include/syncline/clock.hpp"
SLOT = "engine/src/codec/slot.cpp"
RECORD = "engine/src/merge/record_slots.cpp"
COUNTER = "engine/src/strategy/counter.cpp"
EXTREME = "engine/src/strategy/extreme.cpp"
GROUP = "engine/src/strategy/group.cpp"
SET = "engine/src/strategy/set.cpp"
MAP = "engine/src/strategy/map.cpp"
TAG = "engine/src/strategy/tag.cpp"
MULTI = "engine/src/strategy/multi.cpp"
MERGE_TEXT = "engine/src/strategy/merge_text.cpp"
CUSTOM = "engine/src/strategy/custom.cpp"
RAW_SLOTS = "engine/src/strategy/raw_slots.cpp"
LIST = "engine/src/strategy/list.cpp"
LIST_TREE = "engine/src/strategy/list_tree.cpp"
STRATEGY = "engine/src/strategy/strategy.cpp"
BUILDER = "engine/src/replica/commit_builder.cpp"
DRAFT = "engine/src/replica/draft.cpp"
INCOMING = "engine/src/replica/incoming.cpp"
REPLICA = "engine/src/replica/replica.cpp"
REPLICATION = "engine/src/replica/replication.cpp"
TRANSACTION = "engine/src/replica/transaction.cpp"
RESTAMP = "engine/src/replica/restamp.cpp"
COMPACTION = "engine/src/replica/log_compaction.cpp"
WITHDRAWAL = "engine/src/replica/withdrawal.cpp"
SCHEMA = "engine/src/schema/schema.cpp"
DRIVER = "engine/src/session/driver.cpp"
EXCHANGE = "engine/src/session/exchange.cpp"
FAILURES = "engine/src/session/failures.cpp"
SESSION = "engine/src/session/session.cpp"
UPKEEP = "engine/src/query/upkeep.cpp"
BUILD = "engine/src/query/build.cpp"
INDEX_LIST = "engine/src/query/index_list.cpp"
PLACES = "engine/src/query/places.cpp"
SCAN = "engine/src/query/scan.cpp"
SPACE = "transports/loopback/src/space.cpp"
WANTED = "transports/loopback/src/wanted.hpp"

PLANTS = [
    # The clock.
    Plant("clock_not_persisted", "a commit stores the clock as it was before",
          REPLICA,
          "const Head head{clock.state(), builder.last_sequence()};",
          'const Head head{planted("clock_not_persisted") ? committed.clock : clock.state(),\n'
          "                  builder.last_sequence()};"),
    Plant("clock_goes_back_with_the_wall", "a tick does not look at the last one",
          CLOCK,
          "const HybridTime base = std::max(state_.last, floor);",
          'const HybridTime base = planted("clock_goes_back_with_the_wall") ? floor : std::max(state_.last, floor);'),
    Plant("arrivals_leave_the_clock", "what arrives does not move the clock, so that later writes may lose to it",
          CLOCK,
          "state_.last = std::max(state_.last, stamp.time);\n  confirm(stamp);",
          'if (!planted("arrivals_leave_the_clock")) state_.last = std::max(state_.last, stamp.time);\n'
          "  confirm(stamp);"),
    Plant("arrivals_judged_by_own_clock", "an arrival counts as future by this device's clock, not by the server's",
          CLOCK,
          "std::max(now_ms(), std::min(server_ms, kMillisecondsMax));",
          'planted("arrivals_judged_by_own_clock") ? now_ms() '
          ": std::max(now_ms(), std::min(server_ms, kMillisecondsMax));"),
    Plant("offset_of_the_wrong_sign", "the correction of the wall clock is applied the wrong way round",
          CLOCK,
          "const bool changed = offset != state_.offset_ms;\n  state_.offset_ms = offset;",
          "const bool changed = offset != state_.offset_ms;\n"
          '  state_.offset_ms = planted("offset_of_the_wrong_sign") ? -offset : offset;'),
    Plant("poisoned_time_confirmed", "a stamp that the server refused counts as seen by it",
          INCOMING,
          "if (reply.verdicts[i] != Verdict::kRefused) {",
          'if (planted("poisoned_time_confirmed")) core_.clock.confirm(item.stamp);\n'
          "      if (reply.verdicts[i] != Verdict::kRefused) {"),
    Plant("restamp_without_rewind", "what was stamped in the future is stamped anew from there",
          RESTAMP,
          "core.clock.rewind();",
          'if (!planted("restamp_without_rewind")) core.clock.rewind();'),
    Plant("clock_kept_after_failed_commit", "a commit that failed leaves the clock where it had put it",
          REPLICA,
          "clock.restore(committed.clock);\n    return done;",
          'if (!planted("clock_kept_after_failed_commit")) clock.restore(committed.clock);\n    return done;'),

    # The law.
    Plant("merge_by_arrival", "what arrives replaces what is there",
          INCOMING,
          "(*present)->value)) return {};",
          '(*present)->value) && !planted("merge_by_arrival")) return {};'),
    Plant("removal_loses_to_any_value", "what arrives replaces a removal, whatever their stamps",
          INCOMING,
          "if (!beats(op.stamp, op.value, (*present)->stamp,",
          'if (!(planted("removal_loses_to_any_value") && is_tombstone((*present)->value)) &&\n'
          "            !beats(op.stamp, op.value, (*present)->stamp,"),
    Plant("ties_by_replica_alone", "the greater replica wins, and time only decides between stamps of one",
          SLOT,
          "if (stamp != other_stamp) return stamp > other_stamp;",
          'if (planted("ties_by_replica_alone") && stamp.replica != other_stamp.replica)\n'
          "    return stamp.replica > other_stamp.replica;\n"
          "  if (stamp != other_stamp) return stamp > other_stamp;"),
    Plant("equal_times_decided_by_value", "of equal times the greater value wins, and not the greater replica",
          SLOT,
          "           std::string_view other_value) {\n",
          "           std::string_view other_value) {\n"
          '  if (planted("equal_times_decided_by_value") && stamp.time == other_stamp.time &&\n'
          "      value != other_value)\n"
          "    return value > other_value;\n"),
    Plant("server_merges_by_arrival", "the server keeps what it was sent last",
          SPACE,
          "if (!beats(op.stamp, op.value, held.stamp, held.value)) return false;",
          'if (!planted("server_merges_by_arrival") && !beats(op.stamp, op.value, held.stamp, held.value))\n'
          "      return false;"),

    # Records.
    Plant("live_at_every_edit", "an edit brings a record back that another device deletes meanwhile",
          RECORD,
          "rules.delete_rule == DeleteRule::kEditLoses) return;",
          'rules.delete_rule == DeleteRule::kEditLoses && !planted("live_at_every_edit")) return;'),
    Plant("live_only_once", "an edit does not bring the record back where the schema says that it does",
          RECORD,
          "  static const std::string kTrue = *encode_value(Value(true));\n  set({}, kLiveElement",
          '  if (exists() && planted("live_only_once")) return;\n'
          "  static const std::string kTrue = *encode_value(Value(true));\n  set({}, kLiveElement"),
    Plant("fields_survive_a_deletion", "a record that is made again has the fields that it had before",
          RECORD,
          "    if (slot.stamp > deletion) views.push_back({element, slot.stamp, slot.value});",
          '    if (slot.stamp > deletion || planted("fields_survive_a_deletion"))\n'
          "      views.push_back({element, slot.stamp, slot.value});"),
    Plant("put_leaves_edits_that_lost", "putting a deleted record shows edits that lost to its deletion",
          TRANSACTION,
          "slots.resolve_fields(rules)) {",
          'planted("put_leaves_edits_that_lost") ? slots.resolve(rules).value_or(Value::Object{})\n'
          "                                                                   : slots.resolve_fields(rules)) {"),
    Plant("schema_default_by_mistake", "a collection that no schema names is edited back to life",
          SCHEMA,
          "return found == collections_.end() ? kDefaults : found->second;",
          "static const CollectionRules kOthers{{}, {}, {}, DeleteRule::kEditRevives};\n"
          '  if (found == collections_.end() && planted("schema_default_by_mistake")) return kOthers;\n'
          "  return found == collections_.end() ? kDefaults : found->second;"),
    Plant("failed_mutation_kept", "a mutation that failed stays in what its transaction sees",
          DRAFT,
          "    slots.take_back();\n",
          '    if (!planted("failed_mutation_kept")) slots.take_back();\n'),
    Plant("second_write_to_a_slot_lost", "of two writes of one transaction to one slot the first is kept",
          DRAFT,
          "ops_[found->second] = std::move(op);",
          'if (!planted("second_write_to_a_slot_lost")) ops_[found->second] = std::move(op);'),

    # The strategies.
    Plant("counter_of_another_deletion", "a counter adds up what belongs to an earlier life of the record",
          STRATEGY,
          "decode_stamp(element.substr(kReplicaBytes)) == deletion;",
          '(planted("counter_of_another_deletion") ||\n'
          "          decode_stamp(element.substr(kReplicaBytes)) == deletion);"),
    Plant("counter_shares_a_slot", "all replicas count in one slot",
          STRATEGY,
          "codec::append_u64(element, static_cast<std::uint64_t>(replica));",
          'codec::append_u64(element, planted("counter_shares_a_slot") ? 1 : static_cast<std::uint64_t>(replica));'),
    Plant("counter_starts_again", "an increment replaces the replica's total",
          COUNTER,
          "if (slot.element == element) own =",
          'if (slot.element == element && !planted("counter_starts_again")) own ='),
    Plant("extreme_keeps_the_latest", "a value that is no extreme replaces the one that is",
          EXTREME,
          "order_of(put->value, *own) * sign_ <= 0)",
          'order_of(put->value, *own) * sign_ <= 0 && !planted("extreme_keeps_the_latest"))'),
    Plant("group_forgets_other_parts", "writing a part of a group drops the others",
          GROUP,
          "if (const auto present = resolve(slots, context.deletion)) parts",
          'if (const auto present = resolve(slots, context.deletion);\n'
          '        present && !(planted("group_forgets_other_parts") && std::holds_alternative<Put>(mutation)))\n'
          "      parts"),
    Plant("set_tags_by_item", "an addition is named after its item, so that a removal takes others with it",
          SET,
          "tag_of(context.stamp, ordinal++)",
          'planted("set_tags_by_item")\n'
          "                            ? tag_of({HybridTime::from_packed(std::hash<std::string>{}(item)), {}}, 0)\n"
          "                            : tag_of(context.stamp, ordinal++)"),
    Plant("set_ordinals_repeat", "the items of one addition share its tag",
          SET,
          "Tags left = tags_of(items, slots);\n    for",
          'Tags left = tags_of(items, slots);\n    if (planted("set_ordinals_repeat")) {\n'
          "      for (const std::string& item : items) writes.push_back({tag_of(context.stamp, 0), item});\n"
          "      return writes;\n"
          "    }\n"
          "    for"),
    Plant("set_removes_too_much", "a removal takes all items",
          SET,
          ": tags_of(*items, slots)) remove_tags(tags, writes);",
          ': planted("set_removes_too_much") ? all_tags(slots) : tags_of(*items, slots))\n'
          "        remove_tags(tags, writes);"),
    Plant("map_put_leaves_keys", "putting a map leaves the keys that it does not name",
          MAP,
          "!wanted->contains(slot.element)) {",
          '!wanted->contains(slot.element) && !planted("map_put_leaves_keys")) {'),
    Plant("multi_in_tag_order", "concurrent values are in the order of their tags, and not of their stamps",
          TAG,
          "return a->stamp < b->stamp;",
          'return !planted("multi_in_tag_order") && a->stamp < b->stamp;'),
    Plant("multi_keeps_what_it_replaces", "a put leaves the values that it has seen",
          TAG,
          "if (is_live_value(slot)) writes",
          'if (is_live_value(slot) && !planted("multi_keeps_what_it_replaces")) writes'),
    Plant("multi_shows_the_latest", "of concurrent values the latest alone is read",
          MULTI,
          "    if (values.empty()) return std::nullopt;\n",
          "    if (values.empty()) return std::nullopt;\n"
          '    if (planted("multi_shows_the_latest")) values.erase(values.begin(), values.end() - 1);\n'),
    Plant("merge_text_drops_concurrent_texts", "of concurrent texts the last replaces the others",
          MERGE_TEXT,
          "      joined += *text;",
          '      if (planted("merge_text_drops_concurrent_texts")) joined.clear();\n'
          "      joined += *text;"),
    Plant("list_places_after_their_siblings", "what is inserted behind an item comes behind all that hangs from it",
          LIST_TREE,
          "if (next < walk_.size() && !children_of(node.id).after.empty())",
          'if (next < walk_.size() && !children_of(node.id).after.empty() &&\n'
          '      !planted("list_places_after_their_siblings"))'),
    Plant("list_forgets_removed_places", "what hangs from a removed item has lost its place",
          LIST_TREE,
          "if (const auto node = node_of(slot)) nodes_",
          'if (planted("list_forgets_removed_places") && !slot.is_live()) continue;\n'
          "    if (const auto node = node_of(slot)) nodes_"),
    Plant("list_earliest_move_wins", "of two moves of an item the earlier wins",
          LIST_TREE,
          "rank = std::max(rank, Rank(node.slot->stamp, node.slot->element));",
          'const Rank other(node.slot->stamp, node.slot->element);\n'
          '    const bool is_first = planted("list_earliest_move_wins") && !rank.second.empty();\n'
          "    rank = is_first ? std::min(rank, other) : std::max(rank, other);"),
    Plant("list_shows_former_places", "an item that was moved is shown where it was inserted, too",
          LIST_TREE,
          "found != movements.end() && found->second == node) {",
          'found != movements.end() && found->second == node &&\n'
          '               !planted("list_shows_former_places")) {'),
    Plant("list_moves_by_inserting_again", "a move removes the item and inserts it again, so that two moves make two of it",
          LIST,
          "    return std::vector<SlotWrite>{{places.make(items[movement.from].id), encoded_true()}};",
          '    if (planted("list_moves_by_inserting_again")) {\n'
          "      const SlotView& slot = *items[movement.from].slot;\n"
          "      return std::vector<SlotWrite>{{places.make(), std::string(slot.value)},\n"
          "                                    {std::string(slot.element), std::string(kTombstone)}};\n"
          "    }\n"
          "    return std::vector<SlotWrite>{{places.make(items[movement.from].id), encoded_true()}};"),
    Plant("list_put_writes_all_anew", "putting a list writes the items again that are there already",
          LIST,
          "if (found == left.end() || found->second.empty()) continue;",
          'if (found == left.end() || found->second.empty() || planted("list_put_writes_all_anew")) continue;'),
    Plant("missing_strategy_hides_its_slots", "a strategy that is not registered shows only what is live",
          RAW_SLOTS,
          "  for (const SlotView& slot : slots) {\n    Value::Object shown",
          "  for (const SlotView& slot : slots) {\n"
          '    if (planted("missing_strategy_hides_its_slots") && !slot.is_live()) continue;\n'
          "    Value::Object shown"),
    Plant("raw_slots_are_added_only", "a put of raw slots leaves the others",
          RAW_SLOTS,
          "    } else if (slot.is_live()) {\n",
          '    } else if (slot.is_live() && !planted("raw_slots_are_added_only")) {\n'),
    Plant("missing_strategy_writes_as_lww", "a strategy that is not registered takes a put as lww does",
          CUSTOM,
          "    return fail(Code::kStrategyMissing,",
          '    if (planted("missing_strategy_writes_as_lww") && std::holds_alternative<Put>(mutation)) {\n'
          "      return std::vector<SlotWrite>{\n"
          "          {std::string(), encode_value(std::get<Put>(mutation).value).value()}};\n"
          "    }\n"
          "    return fail(Code::kStrategyMissing,"),

    # The log and the outbox.
    Plant("superseded_stays_pending", "a newer write does not take the older one out of the outbox",
          BUILDER,
          "if (replaced && unsettled_.outbox_first &&",
          'if (!planted("superseded_stays_pending") && replaced && unsettled_.outbox_first &&'),
    Plant("oldest_stays_pending", "a comparison that is off by one leaves the oldest outbox entry",
          BUILDER,
          "*replaced >= *unsettled_.outbox_first)",
          '(planted("oldest_stays_pending") ? *replaced > *unsettled_.outbox_first : *replaced >= *unsettled_.outbox_first))'),
    Plant("commit_in_two_steps", "the head is stored after what it speaks of",
          REPLICA,
          "if (head != committed) builder.put_meta(kHeadName, encode_head(head));",
          'if (planted("commit_in_two_steps") && head != committed && !builder.empty()) {\n'
          "    if (auto ok = query::keep_indexes(indexes, schema, store, builder); !ok) return ok;\n"
          "    if (auto ok = store.commit(builder.finish()); !ok) return ok;\n"
          "    StoreBatch apart;\n"
          "    apart.put(Keyspace::kMeta, std::string(kHeadName), encode_head(head));\n"
          "    if (auto ok = store.commit(apart); !ok) return ok;\n"
          "    committed = head;\n"
          "    observers.enqueue(ops, origin);\n"
          "    return {};\n"
          "  }\n"
          "  if (head != committed) builder.put_meta(kHeadName, encode_head(head));"),
    Plant("refused_op_erased", "an op that the server refused leaves the outbox before it is stamped anew",
          INCOMING,
          "refused_.insert(item.sequence);",
          "refused_.insert(item.sequence);\n"
          '        if (planted("refused_op_erased")) builder_.erase_outbox(item.sequence);'),
    Plant("acknowledged_with_newer_write", "an acknowledgement also settles what was written since",
          INCOMING,
          "builder_.erase_outbox(item.sequence);\n        core_.clock.confirm",
          'const auto now = planted("acknowledged_with_newer_write") ? stored(item.key.bytes())\n'
          "                                                                  : Result<std::optional<SlotEntry>>();\n"
          "        builder_.erase_outbox(now && *now ? (*now)->sequence : item.sequence);\n"
          "        core_.clock.confirm"),
    Plant("verdicts_shifted", "a verdict is taken for the op behind it",
          INCOMING,
          "      const PushBatch::Item& item = pushed.items[i];",
          '      const PushBatch::Item& item =\n'
          '          pushed.items[planted("verdicts_shifted") ? (i + 1) % pushed.items.size() : i];'),
    Plant("push_has_one_item_more", "a push says that it holds the op that did not fit any more",
          REPLICATION,
          "if (more) break;",
          'if (more && planted("push_has_one_item_more") && whole == 0) {\n'
          "        push.items.push_back({*sequence, op->stamp, op->key});\n"
          "        push.ops = encode_batch(ops);\n"
          "        return push;\n"
          "      }\n"
          "      if (more) break;"),
    Plant("progress_kept_after_failed_commit", "a commit that failed leaves the progress of the sync where it was put",
          INCOMING,
          "    if (auto ok = core_.commit(builder_, merged_ops_, Origin::kRemote); !ok)",
          '    if (planted("progress_kept_after_failed_commit")) core_.progress = progress_;\n'
          "    if (auto ok = core_.commit(builder_, merged_ops_, Origin::kRemote); !ok)"),
    Plant("nothing_offered_on_a_new_epoch", "a server that was restored is not offered what it lost",
          INCOMING,
          "if (auto ok = offer_everything(); !ok) return ok;",
          'if (auto ok = planted("nothing_offered_on_a_new_epoch") ? Result<void>() : offer_everything(); !ok)\n'
          "        return ok;"),
    Plant("only_own_offered_on_a_new_epoch", "a server that was restored is not offered what others wrote",
          INCOMING,
          "      if (!slot) return fail(slot.error());\n      std::string key =",
          "      if (!slot) return fail(slot.error());\n"
          '      if (planted("only_own_offered_on_a_new_epoch") && slot->stamp.replica != core_.id) continue;\n'
          "      std::string key ="),

    # Stamping anew.
    Plant("late_copy_of_a_refused_push", "a push from before a refusal is taken in when its stamps are no longer ahead",
          SPACE,
          "if (any_in_future) replica.fence",
          'if (any_in_future && !planted("late_copy_of_a_refused_push")) replica.fence'),
    Plant("restamp_keeps_old_names", "a counter is left behind by the deletion that it follows",
          RESTAMP,
          "if (!accumulates(schema, key) ||",
          'if (planted("restamp_keeps_old_names") || !accumulates(schema, key) ||'),
    Plant("restamp_by_outbox_order", "ops are stamped anew in the order in which they lie in the outbox",
          WITHDRAWAL,
          "{ return a.op.stamp < b.op.stamp; });",
          '{ return !planted("restamp_by_outbox_order") && a.op.stamp < b.op.stamp; });'),
    Plant("rewind_too_far", "a rewound clock forgets what others have seen, and stamps below it",
          CLOCK_HEADER,
          "void rewind() { state_.last = state_.confirmed; }",
          'void rewind() { state_.last = planted("rewind_too_far") ? HybridTime{} : state_.confirmed; }'),
    Plant("restamp_logged_as_a_write", "what is stamped anew is logged as if it were new",
          RESTAMP,
          "builder.write(op, LogOrigin::kRestamped, item.sequence);",
          'builder.write(op, planted("restamp_logged_as_a_write") ? LogOrigin::kLocal : LogOrigin::kRestamped,\n'
          "                    item.sequence);"),

    # The compaction of the log.
    Plant("compaction_drops_what_is_current", "an op that its slot holds is dropped as if it were old",
          COMPACTION,
          "      ++state_.current;\n      return true;",
          '      ++state_.current;\n      return !planted("compaction_drops_what_is_current");'),
    Plant("compaction_drops_what_is_pending", "what no server has yet is dropped",
          COMPACTION,
          "    if (slot->sequence == sequence) {",
          '    const auto unsent = snapshot_.get(Keyspace::kOutbox, sequence_key(sequence));\n'
          '    if (planted("compaction_drops_what_is_pending") && unsent && *unsent) return false;\n'
          "    if (slot->sequence == sequence) {"),
    Plant("compaction_forgets_times", "what a lost reply may have left with a server is forgotten with its op",
          COMPACTION,
          "if (!keeps[i] && ops[i].stamp.time > confirmed_)",
          'if (!planted("compaction_forgets_times") && !keeps[i] && ops[i].stamp.time > confirmed_)'),
    Plant("compaction_keeps_what_was_withdrawn", "a withdrawn op stays for its age, and what replaced it goes",
          COMPACTION,
          "if (beats(op.stamp, op.value, slot->stamp, slot->value)) return false;",
          'if (beats(op.stamp, op.value, slot->stamp, slot->value))\n'
          '      return planted("compaction_keeps_what_was_withdrawn");'),
    Plant("compaction_shifts_what_is_left", "what is left of an entry is numbered from its beginning",
          COMPACTION,
          "batch_.put(Keyspace::kLog, sequence_key(first + begin),",
          'batch_.put(Keyspace::kLog,\n'
          '                 sequence_key(planted("compaction_shifts_what_is_left") ? first : first + begin),'),
    Plant("compaction_counts_what_failed", "a commit that fails has dropped all the same",
          COMPACTION,
          "  auto done = core.store.commit(batch);\n  if (!done && done.error().code",
          '  if (planted("compaction_counts_what_failed") && next) state_ = *next;\n'
          "  auto done = core.store.commit(batch);\n  if (!done && done.error().code"),

    # Pages and cursors.
    Plant("cursor_before_page", "the cursor is stored before the page that it stands behind",
          INCOMING,
          "  core.clock.learn_offset(reply.time_ms, sent_ms, received_ms);",
          '  if (planted("cursor_before_page") && reply.pull && core.progress.epoch == reply.epoch) {\n'
          "    for (const auto& [name, cursor] : reply.pull->cursors)\n"
          "      core.progress.cursors.insert_or_assign(name, cursor);\n"
          "    StoreBatch early;\n"
          "    early.put(Keyspace::kMeta, std::string(kProgressName), encode_progress(core.progress));\n"
          "    static_cast<void>(core.store.commit(early));\n"
          "  }\n"
          "  core.clock.learn_offset(reply.time_ms, sent_ms, received_ms);"),
    Plant("cursor_off_by_one", "a page begins one push too late",
          WANTED,
          "sequence > *found->second;",
          'sequence > *found->second + (planted("cursor_off_by_one") ? 1 : 0);'),
    Plant("page_boundary_skips", "a page that is full ends behind the push that did not fit",
          SPACE,
          "std::max(page_end, *after)",
          'std::max(page_end + (planted("page_boundary_skips") ? 1 : 0), *after)'),
    Plant("page_splits_a_push", "a page ends in the middle of a push, and the cursor behind it",
          SPACE,
          "if (sequence != group_sequence) end_group();",
          'if (sequence != group_sequence || planted("page_splits_a_push")) end_group();'),
    Plant("cursor_of_another_epoch", "a cursor is taken at its word though the server was restored",
          SPACE,
          "const bool of_this_epoch =",
          'const bool of_this_epoch = planted("cursor_of_another_epoch") ||'),
    Plant("complete_despite_more", "a page with more to come counts as the last",
          INCOMING,
          "note_complete(snapshot_, builder_, remaining == 0);",
          'note_complete(snapshot_, builder_, remaining == 0 || planted("complete_despite_more"));'),
    Plant("complete_not_reset", "a look that finds more is forgotten by a crash",
          EXCHANGE,
          "if (auto ok = driver.replication_.expect_more(); !ok)",
          'if (auto ok = planted("complete_not_reset") ? Result<void>() : driver.replication_.expect_more(); !ok)'),

    # The indexes.
    Plant("index_entry_left_behind", "a record that is deleted stays in its indexes",
          UPKEEP,
          "if (!after.contains(key)) builder.erase",
          'if (!after.contains(key) && !(planted("index_entry_left_behind") && after.empty())) builder.erase'),
    Plant("index_deaf_to_groups", "a part of a group changes without its index",
          UPKEEP,
          "insert(group != nullptr ? *group : field);",
          'insert(group != nullptr && !planted("index_deaf_to_groups") ? *group : field);'),
    Plant("merge_leaves_indexes", "what arrives is in no index",
          REPLICA,
          "auto done = query::keep_indexes(indexes, schema, store, builder);",
          'auto done = planted("merge_leaves_indexes") && origin == Origin::kRemote\n'
          "                  ? Result<void>()\n"
          "                  : query::keep_indexes(indexes, schema, store, builder);"),
    Plant("resumed_build_skips_a_record", "a build that goes on leaves out the record behind where it stopped",
          BUILD,
          "  std::string record;\n",
          "  std::string record;\n"
          '  if (planted("resumed_build_skips_a_record") && !index.position.empty()) {\n'
          "    merge::RecordSlots skipped;\n"
          "    static_cast<void>(scan.next(record, skipped));\n"
          "  }\n"),
    Plant("build_goes_on_after_a_failed_commit", "a build goes on behind what could not be stored",
          BUILD,
          "if (auto ok = core.store.commit(part->batch); !ok) return fail(ok.error());",
          "if (auto ok = core.store.commit(part->batch); !ok) {\n"
          '    if (planted("build_goes_on_after_a_failed_commit")) core.indexes = std::move(part->list);\n'
          "    return fail(ok.error());\n"
          "  }"),
    Plant("index_known_by_its_name", "an index that is declared otherwise is taken for the one before",
          INDEX_LIST,
          "rules) == index.digest ? &found->second",
          'rules) == index.digest || planted("index_known_by_its_name") ? &found->second'),
    Plant("index_of_the_first_item", "a set is found by one of its items alone",
          PLACES,
          "      any = true;\n",
          "      any = true;\n"
          '      if (planted("index_of_the_first_item")) break;\n'),
    Plant("query_gives_a_record_twice", "a record with several places in a range is given at each",
          SCAN,
          "if (flags.front() != 0 &&",
          'if (flags.front() != 0 && !planted("query_gives_a_record_twice") &&'),
    Plant("cursor_is_behind_the_next", "a query that goes on leaves a record out",
          SCAN,
          "    if (ended) return false;\n",
          '    if (ended && planted("cursor_is_behind_the_next")) last = found.key;\n'
          "    if (ended) return false;\n"),

    # The session.
    Plant("lost_wakeup", "a sync that is asked for during a request is answered by that request",
          SESSION,
          "    if (state().in_flight) {\n      state().again = true;",
          '    if (state().in_flight) {\n      state().again = !planted("lost_wakeup");'),
    Plant("rest_of_the_pages_forgotten", "an exchange ends with its first page",
          EXCHANGE,
          ".remaining = outcome->remaining > 0,",
          '.remaining = outcome->remaining > 0 && !planted("rest_of_the_pages_forgotten"),'),
    Plant("no_retry_is_planned", "a device that watches does not try again after a failure",
          DRIVER,
          "if (!watching_) return;\n  const auto spread",
          'if (!watching_ || planted("no_retry_is_planned")) return;\n  const auto spread'),
    Plant("period_ends", "a device that watches looks at the server once",
          DRIVER,
          "has_pending()});\n    driver.schedule_period();",
          'has_pending()});\n    if (!planted("period_ends")) driver.schedule_period();'),
    Plant("unreachable_wakes_a_pause", "a sync that waits for a login goes on when the network is gone",
          SESSION,
          "        phase() != Phase::kPausedClock) {\n      return;",
          '        phase() != Phase::kPausedClock &&\n'
          '        !(planted("unreachable_wakes_a_pause") && phase() != Phase::kDisabled)) {\n      return;'),
    Plant("synced_with_work_pending", "synced is shown when the last exchange went well, whatever was written since",
          FAILURES,
          "&& state.complete && state.pending_ops == 0;",
          '&& state.complete &&\n                  (state.pending_ops == 0 || planted("synced_with_work_pending"));'),
]
