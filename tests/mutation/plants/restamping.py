"""Stamping anew."""

from plants.plant import Plant

RESTAMP = "engine/src/replica/restamp.cpp"
WITHDRAWAL = "engine/src/replica/withdrawal.cpp"

PLANTS = [
    Plant("restamp_logged_as_a_write", "what is stamped anew is logged as if it were new",
          RESTAMP,
          "builder.write(op, LogOrigin::kRestamped,",
          'builder.write(op, planted("restamp_logged_as_a_write") ? LogOrigin::kLocal : LogOrigin::kRestamped,'),
]
