"""The compaction of the log."""

from plants.plant import Plant

COMPACTION = "engine/src/replica/log_compaction.cpp"

PLANTS = [
    Plant("compaction_drops_what_is_current", "an op that its slot holds is dropped as if it were old",
          COMPACTION,
          "      ++state_.current;\n      return true;",
          '      ++state_.current;\n      return !planted("compaction_drops_what_is_current");'),
    Plant("compaction_drops_what_is_pending", "what no server has yet is dropped",
          COMPACTION,
          "    if (slot.sequence == sequence) {",
          '    const auto unsent = snapshot_.get(Keyspace::kOutbox, sequence_key(sequence));\n'
          '    if (planted("compaction_drops_what_is_pending") && unsent && *unsent) return false;\n'
          "    if (slot.sequence == sequence) {"),
    Plant("compaction_keeps_what_was_withdrawn", "a withdrawn op stays for its age, and what replaced it goes",
          COMPACTION,
          "if (beats(op.stamp, op.value, slot.stamp, slot.value)) return false;",
          'if (beats(op.stamp, op.value, slot.stamp, slot.value))\n'
          '      return planted("compaction_keeps_what_was_withdrawn");'),
    Plant("compaction_shifts_what_is_left", "what is left of an entry is numbered from its beginning",
          COMPACTION,
          "batch_.put(Keyspace::kLog, sequence_key(first + begin),",
          'batch_.put(Keyspace::kLog,\n'
          '                 sequence_key(planted("compaction_shifts_what_is_left") ? first : first + begin),'),
]
