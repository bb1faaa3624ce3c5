"""The conflict journal."""

from plants.plant import Plant

BUILDER = "engine/src/replica/commit_builder.cpp"
CONFLICTS = "engine/src/conflict/conflicts.cpp"
ENTRY = "engine/src/conflict/entry.cpp"
INCOMING = "engine/src/replica/incoming.cpp"
JOURNAL = "engine/src/conflict/journal.cpp"
PENDING = "engine/src/replica/pending.cpp"
RESTAMP = "engine/src/replica/restamp.cpp"
SETTLE = "engine/src/replica/intake_settle.cpp"
WATCH = "engine/src/conflict/watch.cpp"

PLANTS = [
    Plant("arrived_value_that_loses_unrecorded", "only what was written here is recorded when it loses",
          WATCH,
          "    note({arrived, own.stamp, own.value, rule});",
          '    if (!planted("arrived_value_that_loses_unrecorded")) note({arrived, own.stamp, own.value, rule});'),
    Plant("own_value_that_loses_unrecorded", "only what arrives is recorded when it loses",
          WATCH,
          "    note({own, arrived.stamp, arrived.value, rule});",
          '    if (!planted("own_value_that_loses_unrecorded")) note({own, arrived.stamp, arrived.value, rule});'),
    Plant("deletion_here_unrecorded", "what arrives for a record that was deleted here is gone",
          WATCH,
          "if (*base) found.edits.push_back(arrived);",
          'if (*base && !planted("deletion_here_unrecorded")) found.edits.push_back(arrived);'),
    Plant("deletion_there_unrecorded", "what was written here to a record that was deleted elsewhere is gone",
          WATCH,
          "    if (record.arrived_deletion) {",
          '    if (record.arrived_deletion && !planted("deletion_there_unrecorded")) {'),
    Plant("same_value_recorded", "two devices that write the same are in conflict",
          WATCH,
          "|| arrived.value == present.value) return {};",
          '||\n      (arrived.value == present.value && !planted("same_value_recorded")))\n    return {};'),
    Plant("removal_recorded", "a removal that loses is recorded as a value",
          WATCH,
          "  if (is_tombstone(clash.lost.value)) return;",
          '  if (is_tombstone(clash.lost.value) && !planted("removal_recorded")) return;'),
    Plant("settled_is_recorded", "what was acknowledged long ago is in conflict with what arrives",
          WATCH,
          "  if (!*waiting || (",
          '  if (!*waiting && planted("settled_is_recorded")) return Stamp{};\n  if (!*waiting || ('),
    Plant("taken_is_ignored", "what a server says that it had taken counts as unknown to all others",
          INCOMING,
          "taken.through = reply.push->taken;",
          'taken.through = planted("taken_is_ignored") ? 0 : reply.push->taken;'),
    Plant("taken_is_not_kept", "what a server says that it had taken is forgotten with its reply",
          SETTLE,
          "if (auto ok = note_taken(pushed.pusher, reply.taken); !ok) return ok;",
          'if (auto ok = planted("taken_is_not_kept") ? Result<void>() : note_taken(pushed.pusher, reply.taken); !ok)\n'
          "    return ok;"),
    Plant("base_not_kept", "a write does not keep what it replaced knowingly",
          BUILDER,
          "replaced ? replaced->base : Stamp{}",
          'replaced && !planted("base_not_kept") ? replaced->base : Stamp{}'),
    Plant("base_not_passed_on", "a write that replaces a pending one counts that one as known to all",
          PENDING,
          "*waiting ? (*waiting)->base : (*slot)->stamp",
          '*waiting && !planted("base_not_passed_on") ? (*waiting)->base : (*slot)->stamp'),
    Plant("base_lost_when_stamped_anew", "what is stamped anew has replaced nothing knowingly",
          RESTAMP,
          "Replaced{item.sequence, item.base}",
          'Replaced{item.sequence, planted("base_lost_when_stamped_anew") ? Stamp{} : item.base}'),
    Plant("conflict_has_many_names", "the name of an entry is another each time that the conflict is found",
          ENTRY,
          "  return entry_id_prefix(time_ms) + \"-\" + crypto::digest_hex(named);",
          '  static int found = 0;\n'
          '  if (planted("conflict_has_many_names")) named += std::to_string(++found);\n'
          "  return entry_id_prefix(time_ms) + \"-\" + crypto::digest_hex(named);"),
    Plant("journal_without_bounds", "what is beyond the journal's bounds stays in it",
          JOURNAL,
          "    if (added_ == 0) return {};",
          '    if (added_ == 0 || planted("journal_without_bounds")) return {};'),
    Plant("journal_has_no_room_for_its_news", "what is recorded does not count for the journal's bounds",
          JOURNAL,
          "room = bounds.keep - std::min(bounds.keep, added_);",
          'room = bounds.keep -\n'
          '        (planted("journal_has_no_room_for_its_news") ? 0 : std::min(bounds.keep, added_));'),
    Plant("journal_removes_the_newest", "of what is beyond the journal's bounds the newest is removed",
          JOURNAL,
          "    const ConflictBounds& bounds =",
          '    if (planted("journal_removes_the_newest")) std::reverse(present->begin(), present->end());\n'
          "    const ConflictBounds& bounds ="),
    Plant("removed_entry_keeps_its_values", "what is removed from the journal leaves its values behind",
          JOURNAL,
          "if (field != kLostField && field != kKeptField) continue;",
          'if ((field != kLostField && field != kKeptField) || planted("removed_entry_keeps_its_values")) continue;'),
    Plant("restored_stays_open", "what is restored is listed as if nobody had looked at it",
          CONFLICTS,
          "      return core_.transaction.patch(kConflictsCollection, id,\n",
          '      if (planted("restored_stays_open") && state == kRestored) return {};\n'
          "      return core_.transaction.patch(kConflictsCollection, id,\n"),
]
