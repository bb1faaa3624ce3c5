"""Stamping anew."""

from plants.plant import Plant

RESTAMP = "engine/src/replica/restamp.cpp"
WITHDRAWAL = "engine/src/replica/withdrawal.cpp"

PLANTS = [
    Plant("restamp_keeps_old_names", "a counter is left behind by the deletion that it follows",
          RESTAMP,
          "if (!accumulates(stored, key))",
          'if (planted("restamp_keeps_old_names") || !accumulates(stored, key))'),
    Plant("restamp_by_outbox_order", "ops are stamped anew in the order in which they lie in the outbox",
          WITHDRAWAL,
          "{ return a.op.stamp < b.op.stamp; });",
          '{ return !planted("restamp_by_outbox_order") && a.op.stamp < b.op.stamp; });'),
    Plant("restamp_logged_as_a_write", "what is stamped anew is logged as if it were new",
          RESTAMP,
          "builder.write(op, LogOrigin::kRestamped,",
          'builder.write(op, planted("restamp_logged_as_a_write") ? LogOrigin::kLocal : LogOrigin::kRestamped,'),
]
