"""Pushes that have not seen what they replace."""

from plants.plant import Plant

SETTLE = "engine/src/replica/intake_settle.cpp"
SIGHT = "transports/loopback/src/sight.cpp"
SPACE = "transports/loopback/src/space.cpp"

PLANTS = [
    Plant("unseen_applied", "the server takes a push that has not seen what it replaces",
          SPACE,
          "any_unseen |= wanted != nullptr &&",
          'any_unseen |= !planted("unseen_applied") && wanted != nullptr &&'),
    Plant("unseen_applied_in_part", "of a push that is unseen, the ops that meet nothing are taken",
          SPACE,
          "  if (!any_unseen) apply(ops, reply.verdicts);\n",
          '  if (any_unseen && planted("unseen_applied_in_part")) {\n'
          "    const Sight sight(slots_, *wanted, ReplicaId{request.replica});\n"
          "    const auto sequence = head_ + 1;\n"
          "    for (std::size_t i = 0; i < ops.size(); ++i) {\n"
          "      if (reply.verdicts[i] == Verdict::kRefused || sight.meets_unseen(*ops[i].op)) continue;\n"
          "      reply.verdicts[i] = Verdict::kSuperseded;\n"
          "      if (!apply(*ops[i].op, sequence)) continue;\n"
          "      reply.verdicts[i] = Verdict::kApplied;\n"
          "      head_ = sequence;\n"
          "    }\n"
          "  }\n"
          "  if (!any_unseen) apply(ops, reply.verdicts);\n"),
    Plant("deletion_looks_at_its_own_slot", "a deletion counts as seen whatever else its record has",
          SIGHT,
          "    if (unseen(*row)) return true;\n",
          '    if (unseen(*row) && !planted("deletion_looks_at_its_own_slot")) return true;\n'),
    Plant("edit_looks_at_its_own_slot", "an edit counts as seen whether or not its record was deleted",
          SIGHT,
          "return found != slots_.end() && unseen(*found);",
          'return found != slots_.end() && unseen(*found) && !planted("edit_looks_at_its_own_slot");'),
    Plant("unseen_is_settled", "an op that the server did not take, because it is unseen, leaves the outbox",
          SETTLE,
          "if (reply.verdicts[i] == Verdict::kUnseen) continue;",
          'if (reply.verdicts[i] == Verdict::kUnseen && !planted("unseen_is_settled")) continue;'),
    Plant("unseen_counts_as_taken", "the server says of a push that it did not take that it had taken it",
          SPACE,
          "if (!any_unseen && ",
          'if ((!any_unseen || planted("unseen_counts_as_taken")) && '),
    Plant("refused_counts_as_taken", "the server says of a push that it refused in part that it had taken it",
          SPACE,
          "reply.refused.empty()) {",
          '(reply.refused.empty() || planted("refused_counts_as_taken"))) {'),
]
