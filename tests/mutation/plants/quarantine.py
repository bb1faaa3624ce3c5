"""What waits in quarantine for its time, and what a server took in while its clock was ahead."""

from plants.plant import Plant

INTAKE = "engine/src/replica/intake.cpp"
WATCH = "engine/src/conflict/watch.cpp"
WITHDRAWAL = "engine/src/replica/withdrawal.cpp"

PLANTS = [
    Plant("quarantine_waits_for_the_app", "what waits is not tried with each reply",
          INTAKE,
          "                   if (left == 0 || !core_.clock.observe(op->stamp, server_ms)) {",
          '                   if (planted("quarantine_waits_for_the_app") || left == 0 ||\n'
          "                       !core_.clock.observe(op->stamp, server_ms)) {"),
    Plant("quarantine_is_left_unmerged", "what leaves quarantine is not merged",
          INTAKE,
          "                   --left;\n"
          "                   builder_.erase(Keyspace::kQuarantine, std::string(key));\n"
          "                   return merge",
          "                   --left;\n"
          "                   builder_.erase(Keyspace::kQuarantine, std::string(key));\n"
          '                   if (planted("quarantine_is_left_unmerged")) return {};\n'
          "                   return merge"),
    Plant("a_time_ahead_is_adopted", "what is too far ahead is merged at once",
          INTAKE,
          "      if (auto ok = quarantine(observed.error().code, encode_batch({&*item.op, 1})); !ok) return ok;",
          '      if (auto ok = planted("a_time_ahead_is_adopted")\n'
          "                        ? merge(*item.op)\n"
          "                        : quarantine(observed.error().code, encode_batch({&*item.op, 1}));\n"
          "          !ok)\n"
          "        return ok;"),
    Plant("quarantined_is_not_met", "what comes into quarantine is not held against what is pending",
          INTAKE,
          "      if (auto ok = watch_.meet(*item.op, *present); !ok) return ok;",
          '      if (auto ok = planted("quarantined_is_not_met") ? Result<void>() : watch_.meet(*item.op, *present); !ok)\n'
          "        return ok;"),
    Plant("quarantine_meets_what_is_pending", "what comes out of quarantine is held against pending writes alone",
          WATCH,
          "  if (after && present.sequence > *after) {",
          '  if (after && !planted("quarantine_meets_what_is_pending") && present.sequence > *after) {'),
    Plant("come_of_age_is_not_offered", "what leaves quarantine is not offered to the server",
          INTAKE,
          "  for (const auto& [key, sequence] : come_of_age_)\n    builder_.put(",
          '  for (const auto& [key, sequence] : come_of_age_)\n    if (!planted("come_of_age_is_not_offered")) builder_.put('),
    Plant("replaced_at_once_is_offered", "what was replaced as it left quarantine is offered all the same",
          INTAKE,
          "    come_of_age_.erase(key);",
          '    if (!planted("replaced_at_once_is_offered")) come_of_age_.erase(key);'),
    Plant("what_is_here_waits_again", "what is here already and comes again waits in quarantine",
          INTAKE,
          "      if (*present && changes_nothing(*item.op, **present)) continue;",
          '      if (!planted("what_is_here_waits_again") && *present && changes_nothing(*item.op, **present)) continue;'),
    Plant("lesser_never_waits", "what is less than what its slot holds now never waits",
          INTAKE,
          "  return arrived.stamp.time <= core_.clock.state().confirmed &&",
          '  return (planted("lesser_never_waits") || arrived.stamp.time <= core_.clock.state().confirmed) &&'),
    Plant("taken_is_not_confirmed", "what a reply says was taken may be stamped anew below itself",
          WITHDRAWAL,
          "    if (item.sequence <= refusal_->taken)",
          '    if (item.sequence <= refusal_->taken && !planted("taken_is_not_confirmed"))'),
    Plant("withdrawn_counts_as_taken", "what was withdrawn counts as taken when a later push is",
          WITHDRAWAL,
          "    if (static_cast<LogOrigin>(item.origin) == LogOrigin::kRestamped) found_.taken.reset();",
          '    if (static_cast<LogOrigin>(item.origin) == LogOrigin::kRestamped && !planted("withdrawn_counts_as_taken"))\n'
          "      found_.taken.reset();"),
    Plant("what_is_no_less_ahead_stays", "of what lies as far ahead as what was refused only the refused is stamped anew",
          WITHDRAWAL,
          "stamp.time >= refusal_->least));",
          'stamp.time >= refusal_->least &&\n'
          '                            !planted("what_is_no_less_ahead_stays")));'),
]
