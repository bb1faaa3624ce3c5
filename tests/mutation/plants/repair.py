"""The verification and repair of a store, and what becomes of a copy."""

from plants.plant import Plant

VERIFIER = "engine/src/replica/verifier.cpp"
CHECK = "engine/src/query/check.cpp"
FOLD = "engine/src/replica/log_fold.cpp"
SLOTS = "engine/src/replica/repair_slots.cpp"
MARKS = "engine/src/replica/repair_marks.cpp"
INDEXES = "engine/src/replica/repair_indexes.cpp"
PLAN = "engine/src/replica/repair_plan.cpp"
REST = "engine/src/replica/repair.cpp"
LOST = "engine/src/replica/lost_entries.cpp"

PLANTS = [
    Plant("slots_not_held_against_the_log", "a verification takes a slot of the right sequence for what the log says",
          VERIFIER,
          "if (winner.sequence == slot.sequence && winner.stamp == slot.stamp &&\n        winner.value_hash ==",
          "const bool is_passed_over =\n"
          '        planted("slots_not_held_against_the_log") && winner.sequence == slot.sequence;\n'
          "    if (is_passed_over) return;\n"
          "    if (winner.sequence == slot.sequence && winner.stamp == slot.stamp &&\n        winner.value_hash =="),
    Plant("superfluous_index_entries_pass", "a verification only looks for what an index lacks",
          CHECK,
          "if (place == (*places)->end() || !holds(value, place->second))",
          'if (!planted("superfluous_index_entries_pass") &&\n'
          "        (place == (*places)->end() || !holds(value, place->second)))"),
    Plant("fold_keeps_the_first", "the fold of a log keeps the first change of a slot",
          FOLD,
          "if (!is_new && (entry->origin ==",
          'if (!is_new && !planted("fold_keeps_the_first") && (entry->origin =='),
    Plant("mark_not_made_again", "the damaged mark of a pending change is taken out",
          MARKS,
          "if (holder != holders.end()) {",
          'if (holder != holders.end() && !planted("mark_not_made_again")) {'),
    Plant("older_change_taken_for_the_last", "a slot that is rebuilt from a log with gaps counts as whole",
          PLAN,
          "  return fold_.has_all(sequence, last);",
          '  return planted("older_change_taken_for_the_last") || fold_.has_all(sequence, last);'),
    Plant("beginning_of_the_log_stays_lost", "what the slots hold of a damaged first entry is not logged again",
          SLOTS,
          "return least ? log_lost_slots(plan, *least) : Result<void>();",
          'return least && !planted("beginning_of_the_log_stays_lost") ? log_lost_slots(plan, *least)\n'
          "                                                                : Result<void>();"),
    Plant("indexes_outlive_a_lost_slot", "a repair leaves the indexes alone where none of them is at fault",
          INDEXES,
          "if (!is_amiss && !plan.changes_slots()) return {};",
          'if (!is_amiss && (planted("indexes_outlive_a_lost_slot") || !plan.changes_slots())) return {};'),
    Plant("old_id_after_a_loss", "a replica that lost what it had counted keeps its id",
          REST,
          "  if (plan.summary().pulls_again && plan.replica() &&",
          '  if (!planted("old_id_after_a_loss") && plan.summary().pulls_again && plan.replica() &&'),
    Plant("cursors_kept_after_a_loss", "what is lost is not asked for again",
          REST,
          "return forget_cursors(plan);",
          'return planted("cursors_kept_after_a_loss") ? Result<void>() : forget_cursors(plan);'),
    Plant("last_sequence_too_small", "a head that is rebuilt does not know of the last change",
          REST,
          "    head.clock.confirmed = *confirmed;\n  }\n  head.sequence = plan.last_sequence();",
          "    head.clock.confirmed = *confirmed;\n  }\n"
          '  head.sequence = plan.last_sequence() - (planted("last_sequence_too_small") ? 1 : 0);'),
    Plant("lost_history_uncounted", "what the log has lost counts neither as dropped nor as there",
          REST,
          "  settle_log_state(plan);\n",
          '  if (!planted("lost_history_uncounted")) settle_log_state(plan);\n'),
    Plant("repair_in_two_steps", "slots are committed before it is decided what becomes of their marks",
          REST,
          "  if (auto done = replica::repair_marks(",
          '  if (planted("repair_in_two_steps")) {\n'
          "    const StoreBatch part = plan->finish();\n"
          "    if (auto done = store.commit(part); !done) return fail(done.error());\n"
          "  }\n"
          "  if (auto done = replica::repair_marks("),
    Plant("unexplained_is_deleted", "what a repair cannot decode is taken out and not kept",
          LOST,
          "if (key.empty() || !stored || !*stored) return std::nullopt;",
          'if (planted("unexplained_is_deleted") || key.empty() || !stored || !*stored) return std::nullopt;'),
    Plant("set_aside_is_marked", "a repair marks what is set aside as pending",
          PLAN,
          "  return entry && *entry && !(*entry)->batch.empty();",
          '  return entry && *entry && !(*entry)->batch.empty() && !planted("set_aside_is_marked");'),
]
