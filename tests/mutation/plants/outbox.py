"""The log and the outbox."""

from plants.plant import Plant

BUILDER = "engine/src/replica/commit_builder.cpp"
REPLICA = "engine/src/replica/replica.cpp"
REPLICATION = "engine/src/replica/replication.cpp"
SETTLE = "engine/src/replica/intake_settle.cpp"
INTAKE = "engine/src/replica/intake.cpp"

PLANTS = [
    Plant("superseded_stays_pending", "a newer write does not take the older one out of the outbox",
          BUILDER,
          "if (replaced && unsettled_.outbox_first &&",
          'if (!planted("superseded_stays_pending") && replaced && unsettled_.outbox_first &&'),
    Plant("oldest_stays_pending", "a comparison that is off by one leaves the oldest outbox entry",
          BUILDER,
          "replaced->sequence >= *unsettled_.outbox_first)",
          '(planted("oldest_stays_pending") ? replaced->sequence > *unsettled_.outbox_first\n'
          "                                                            : replaced->sequence >= *unsettled_.outbox_first))"),
    Plant("commit_in_two_steps", "the head is stored after what it speaks of",
          REPLICA,
          "if (head != committed) builder.put_meta(kHeadName, encode_head(head));",
          'if (planted("commit_in_two_steps") && head != committed && !builder.empty()) {\n'
          "    if (auto ok = query::keep_indexes(indexes, schema, store, builder); !ok) return ok;\n"
          "    if (auto ok = store.commit(builder.finish()); !ok) return ok;\n"
          "    StoreBatch apart;\n"
          "    apart.put(Keyspace::kMeta, std::string(kHeadName), encode_head(head));\n"
          "    if (auto ok = store.commit(apart); !ok) return ok;\n"
          "    committed = head;\n"
          "    observers.enqueue(ops, origin);\n"
          "    return {};\n"
          "  }\n"
          "  if (head != committed) builder.put_meta(kHeadName, encode_head(head));"),
    Plant("refused_op_erased", "an op that the server refused leaves the outbox before it is stamped anew",
          SETTLE,
          "refused_.insert(item.sequence);",
          "refused_.insert(item.sequence);\n"
          '        if (planted("refused_op_erased")) builder_.erase_outbox(item.sequence);'),
    Plant("acknowledged_with_newer_write", "an acknowledgement also settles what was written since",
          SETTLE,
          "builder_.erase_outbox(item.sequence);\n      core_.clock.confirm",
          'const auto now = planted("acknowledged_with_newer_write") ? read_slot(snapshot_, item.key.bytes())\n'
          "                                                                  : Result<std::optional<SlotEntry>>();\n"
          "        builder_.erase_outbox(now && *now ? (*now)->sequence : item.sequence);\n"
          "        core_.clock.confirm"),
    Plant("verdicts_shifted", "a verdict is taken for the op behind it",
          SETTLE,
          "    const PushBatch::Item& item = pushed.items[i];",
          '      const PushBatch::Item& item =\n'
          '          pushed.items[planted("verdicts_shifted") ? (i + 1) % pushed.items.size() : i];'),
    Plant("push_has_one_item_more", "a push says that it holds the op that did not fit any more",
          REPLICATION,
          "if (more) break;",
          'if (more && planted("push_has_one_item_more") && whole == 0) {\n'
          "        push.items.push_back({*sequence, op->stamp, op->key});\n"
          "        push.ops = encode_batch(ops);\n"
          "        return push;\n"
          "      }\n"
          "      if (more) break;"),
    Plant("progress_kept_after_failed_commit", "a commit that failed leaves the progress of the sync where it was put",
          INTAKE,
          "  if (auto ok = core_.commit(builder_, merged_ops_, Origin::kRemote); !ok)",
          '    if (planted("progress_kept_after_failed_commit")) core_.progress = progress_;\n'
          "    if (auto ok = core_.commit(builder_, merged_ops_, Origin::kRemote); !ok)"),
    Plant("nothing_offered_on_a_new_epoch", "a server that was restored is not offered what it lost",
          SETTLE,
          "if (auto ok = offer_everything(); !ok) return ok;",
          'if (auto ok = planted("nothing_offered_on_a_new_epoch") ? Result<void>() : offer_everything(); !ok)\n'
          "        return ok;"),
    Plant("only_own_offered_on_a_new_epoch", "a server that was restored is not offered what others wrote",
          SETTLE,
          "    if (!slot) return fail(slot.error());\n    std::string key =",
          "      if (!slot) return fail(slot.error());\n"
          '      if (planted("only_own_offered_on_a_new_epoch") && slot->stamp.replica != core_.id) continue;\n'
          "      std::string key ="),
]
