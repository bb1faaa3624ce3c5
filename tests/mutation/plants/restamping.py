"""Stamping anew."""

from plants.plant import Plant

RESTAMP = "engine/src/replica/restamp.cpp"
WITHDRAWAL = "engine/src/replica/withdrawal.cpp"

PLANTS = [
    Plant("restamp_logged_as_a_write", "what is stamped anew is logged as if it were new",
          RESTAMP,
          "builder.write(op, LogOrigin::kRestamped,",
          'builder.write(op, planted("restamp_logged_as_a_write") ? LogOrigin::kLocal : LogOrigin::kRestamped,'),
    Plant("withdrawn_by_an_ancestor_was_taken", "what an ancestor withdrew counts as taken with what took its place",
          WITHDRAWAL,
          "    if (refusal_ == nullptr || refusal_->pusher != core_.id || item.op.stamp.replica != core_.id)\n      return;",
          "    if (refusal_ == nullptr || item.op.stamp.replica != refusal_->pusher ||\n"
          '        (refusal_->pusher != core_.id && !planted("withdrawn_by_an_ancestor_was_taken")))\n      return;'),
]
