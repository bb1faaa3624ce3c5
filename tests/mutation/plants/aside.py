"""What is kept aside."""

from plants.plant import Plant

BUILDER = "engine/src/replica/commit_builder.cpp"
SETTLE = "engine/src/replica/intake_settle.cpp"
PENDING = "engine/src/replica/pending.cpp"
PENDING_HEADER = "engine/src/replica/pending.hpp"
KEPT = "engine/src/replica/kept_aside.cpp"
WITHDRAWAL = "engine/src/replica/withdrawal.cpp"
ANCESTORS = "engine/src/replica/ancestors.cpp"

PLANTS = [
    Plant("refused_for_good_is_dropped", "an op that the server refuses for good leaves the outbox and is kept nowhere",
          PENDING,
          "  builder.put(Keyspace::kSetAside, key, encode_aside({code, batch, {}, entry->base}));",
          '  if (!planted("refused_for_good_is_dropped"))\n'
          "    builder.put(Keyspace::kSetAside, key, encode_aside({code, batch, {}, entry->base}));"),
    Plant("set_aside_stays_when_written_over", "what is written again stays set aside",
          BUILDER,
          "if (replaced && origin != LogOrigin::kRemote) erase_set_aside",
          'if (replaced && origin != LogOrigin::kRemote && !planted("set_aside_stays_when_written_over"))\n'
          "    erase_set_aside"),
    Plant("set_aside_leaves_when_replaced", "what another replica has replaced is set aside no more",
          BUILDER,
          "  if (origin != LogOrigin::kRemote) {\n    batch_.append",
          '  if (replaced && origin == LogOrigin::kRemote && planted("set_aside_leaves_when_replaced"))\n'
          "    erase_set_aside(replaced->sequence);\n"
          "  if (origin != LogOrigin::kRemote) {\n    batch_.append"),
    Plant("retry_offers_what_was_replaced", "another try offers also what its slot does not hold any more",
          SETTLE,
          "        if (!*current || merged_.contains(op->key.bytes())) {",
          '        if (!planted("retry_offers_what_was_replaced") && (!*current || merged_.contains(op->key.bytes()))) {'),
    Plant("retry_offers_the_first_alone", "another try ends with the first op that it offers",
          SETTLE,
          "        const auto sequence = parse_sequence_key(key);\n        const auto op = sequence ?",
          '        if (planted("retry_offers_the_first_alone") && retried.offered > 0) return {};\n'
          "        const auto sequence = parse_sequence_key(key);\n        const auto op = sequence ?"),
    Plant("retry_leaves_it_set_aside", "what is offered again stays set aside",
          SETTLE,
          "        builder_.erase_set_aside(*sequence);\n        builder_.put(",
          '        if (!planted("retry_leaves_it_set_aside")) builder_.erase_set_aside(*sequence);\n'
          "        builder_.put("),
    Plant("opening_offers_what_is_set_aside", "an opening tries again what is set aside, as it does what arrived",
          "engine/src/replica/incoming.cpp",
          "  if (also_set_aside) {",
          '  if (also_set_aside || planted("opening_offers_what_is_set_aside")) {'),
    Plant("taken_takes_what_was_set_aside", "a push of later ops speaks of what was set aside before",
          PENDING_HEADER,
          "  return std::max(sequence, commit);",
          '  return planted("taken_takes_what_was_set_aside") ? sequence : std::max(sequence, commit);'),
    Plant("set_aside_keeps_its_stamp", "what is set aside is not stamped anew with the others",
          WITHDRAWAL,
          "[this](Pending waiting) -> Result<bool> {\n      look(std::move(waiting));\n",
          "[this, &snapshot](Pending waiting) -> Result<bool> {\n"
          '      const auto aside = planted("set_aside_keeps_its_stamp") ? read_set_aside(snapshot, waiting.sequence)\n'
          "                                                               : Result<std::optional<AsideEntry>>();\n"
          "      if (!aside || !*aside) look(std::move(waiting));\n"),
    Plant("set_aside_is_settled", "what is set aside counts as acknowledged",
          PENDING,
          "if (*set_aside) return waiting_with({(*set_aside)->base, true});",
          'if (*set_aside && !planted("set_aside_is_settled"))\n'
          "      return waiting_with({(*set_aside)->base, true});"),
    Plant("discard_takes_the_next", "what is discarded is the op behind it",
          KEPT,
          "    const std::string key = sequence_key(id.number);",
          '    const std::string key = sequence_key(id.number + (planted("discard_takes_the_next") ? 1 : 0));'),
    Plant("offered_to_another_stays_set_aside", "what a server of another epoch is offered stays set aside",
          SETTLE,
          "if (!(*set_aside)->batch.empty()) builder_.erase_set_aside",
          'if (!(*set_aside)->batch.empty() && !planted("offered_to_another_stays_set_aside"))\n'
          "    builder_.erase_set_aside"),
]
