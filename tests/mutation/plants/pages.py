"""Pages and cursors."""

from plants.plant import Plant

EXCHANGE = "engine/src/session/exchange.cpp"
INCOMING = "engine/src/replica/incoming.cpp"
SETTLE = "engine/src/replica/intake_settle.cpp"
SPACE = "transports/loopback/src/space.cpp"
WANTED = "transports/loopback/src/wanted.hpp"

PLANTS = [
    Plant("cursor_before_page", "the cursor is stored before the page that it stands behind",
          INCOMING,
          "  core.clock.learn_offset(reply.time_ms, sent_ms, received_ms);",
          '  if (planted("cursor_before_page") && reply.pull && core.progress.epoch == reply.epoch) {\n'
          "    for (const auto& [name, cursor] : reply.pull->cursors)\n"
          "      core.progress.cursors.insert_or_assign(name, cursor);\n"
          "    StoreBatch early;\n"
          "    early.put(Keyspace::kMeta, std::string(kProgressName), encode_progress(core.progress));\n"
          "    static_cast<void>(core.store.commit(early));\n"
          "  }\n"
          "  core.clock.learn_offset(reply.time_ms, sent_ms, received_ms);"),
    Plant("cursor_off_by_one", "a page begins one push too late",
          WANTED,
          "sequence > *found->second;",
          'sequence > *found->second + (planted("cursor_off_by_one") ? 1 : 0);'),
    Plant("page_boundary_skips", "a page that is full ends behind the push that did not fit",
          SPACE,
          "std::max(page_end, *after)",
          'std::max(page_end + (planted("page_boundary_skips") ? 1 : 0), *after)'),
    Plant("page_splits_a_push", "a page ends in the middle of a push, and the cursor behind it",
          SPACE,
          "if (sequence != group_sequence) end_group();",
          'if (sequence != group_sequence || planted("page_splits_a_push")) end_group();'),
    Plant("cursor_of_another_epoch", "a cursor is taken at its word though the server was restored",
          SPACE,
          "const bool of_this_epoch =",
          'const bool of_this_epoch = planted("cursor_of_another_epoch") ||'),
    Plant("complete_despite_more", "a page with more to come counts as the last",
          SETTLE,
          "note_complete(snapshot_, builder_, remaining == 0);",
          'note_complete(snapshot_, builder_, remaining == 0 || planted("complete_despite_more"));'),
    Plant("complete_not_reset", "a look that finds more is forgotten by a crash",
          EXCHANGE,
          "if (auto ok = driver.replication_.expect_more(); !ok)",
          'if (auto ok = planted("complete_not_reset") ? Result<void>() : driver.replication_.expect_more(); !ok)'),
]
