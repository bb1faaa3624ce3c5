"""The law."""

from plants.plant import Plant

SLOT = "engine/src/codec/slot.cpp"
SPACE = "transports/loopback/src/space.cpp"
INTAKE = "engine/src/replica/intake.cpp"

PLANTS = [
    Plant("merge_by_arrival", "what arrives replaces what is there",
          INTAKE,
          "(*present)->value)) return {};",
          '(*present)->value) && !planted("merge_by_arrival")) return {};'),
    Plant("removal_loses_to_any_value", "what arrives replaces a removal, whatever their stamps",
          INTAKE,
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
          "  if (!is_greater(op)) return false;",
          '  if (!planted("server_merges_by_arrival") && !is_greater(op)) return false;'),
]
