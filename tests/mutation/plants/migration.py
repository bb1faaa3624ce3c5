"""Another schema: what an opening takes, and what a migration carries over."""

from plants.plant import Plant

CARRIED_LIST = "engine/src/strategy/carried_list.cpp"
CARRY_OVER = "engine/src/strategy/carry_over.cpp"
FIELD_MOVES = "engine/src/replica/field_moves.cpp"
MIGRATION = "engine/src/replica/schema_migration.cpp"
STORED_SCHEMA = "engine/src/replica/stored_schema.cpp"
COMPARISON = "engine/src/schema/comparison.cpp"

PLANTS = [
    Plant("changed_rule_is_opened", "an opening does not look whether the schema has other rules",
          STORED_SCHEMA,
          "if (comparison.needs_migration()) return",
          'if (comparison.needs_migration() && !planted("changed_rule_is_opened")) return'),
    Plant("older_schema_replaces", "an older version of the app puts its schema in place of the stored one",
          STORED_SCHEMA,
          "if (comparison.is_older) return OpeningSchema",
          'if (comparison.is_older && !planted("older_schema_replaces")) return OpeningSchema'),
    Plant("left_part_is_not_changed", "a part that leaves a group is taken for a field that is not declared any more",
          COMPARISON,
          "return group && before_.groups.contains(*group)",
          'return group && !planted("left_part_is_not_changed") && before_.groups.contains(*group)'),
    Plant("migration_stamps_anew", "what is carried over gets a time of its own, a little later",
          MIGRATION,
          "builder.write({std::move(*key), carried.stamp, carried.value}, LogOrigin::kLocal, replaced);",
          "Stamp stamp = carried.stamp;\n"
          '      if (planted("migration_stamps_anew")) stamp.time = HybridTime::from_packed(stamp.time.packed() + 1);\n'
          "      builder.write({std::move(*key), stamp, carried.value}, LogOrigin::kLocal, replaced);"),
    Plant("migration_replaces_what_is_later", "what is carried over is written over a register that is greater",
          MIGRATION,
          "if (!beats(carried.stamp, carried.value, slot.stamp, slot.value)) continue;",
          'if (planted("migration_replaces_what_is_later") ? carried.value == slot.value\n'
          "                                                      : !beats(carried.stamp, carried.value,\n"
          "                                                               slot.stamp, slot.value))\n"
          "          continue;"),
    Plant("migration_begins_with_the_schema", "the schema is put in force before the fields are carried over",
          MIGRATION,
          "  if (auto ok = migration->carry_all(strategies); !ok) return fail(ok.error());\n"
          "  return migration->finish(json);",
          '  if (planted("migration_begins_with_the_schema")) {\n'
          "    if (auto done = migration->finish(json); !done) return fail(done.error());\n"
          "  }\n"
          "  if (auto ok = migration->carry_all(strategies); !ok) return fail(ok.error());\n"
          "  return migration->finish(json);"),
    Plant("migration_forgets_former_rules", "a migration does not note the rules that are in force no more",
          MIGRATION,
          "schema::note_former(comparison_, stored_.former);",
          'if (!planted("migration_forgets_former_rules")) schema::note_former(comparison_, stored_.former);'),
    Plant("migration_leaves_indexes", "the entries of indexes stay as they were before the fields were carried over",
          MIGRATION,
          "if (auto ok = query::keep_indexes(indexes_, stored_.schema, store_, builder); !ok) return ok;",
          'if (!planted("migration_leaves_indexes")) {\n'
          "      if (auto ok = query::keep_indexes(indexes_, stored_.schema, store_, builder); !ok) return ok;\n"
          "    }"),
    Plant("carried_by_the_writer", "a counter holds what was carried over in the slot of the replica that wrote it",
          CARRY_OVER,
          "if (accumulates(after.merge)) named.replica",
          'if (accumulates(after.merge) && !planted("carried_by_the_writer")) named.replica'),
    Plant("multi_carries_its_first", "of the values of a multi the earliest is carried over",
          CARRY_OVER,
          "beats(slot.stamp, slot.value, latest->stamp, latest->value))\n      latest = &slot;",
          'beats(slot.stamp, slot.value, latest->stamp, latest->value) !=\n'
          '                                 planted("multi_carries_its_first"))\n      latest = &slot;'),
    Plant("carried_with_the_first_stamp", "what is carried over has the stamp of the earliest slot that it is made of",
          CARRY_OVER,
          "if (is_read) latest = std::max(latest, slot.stamp);",
          'if (is_read && (!planted("carried_with_the_first_stamp") || latest == Stamp{}))\n'
          "      latest = std::max(latest, slot.stamp);"),
    Plant("return_ignores_what_is_later", "a rule that comes back does not look whether its own slots are later",
          CARRY_OVER,
          "if (is_return && holds_later(after, slots, deletion, holding.stamp))",
          'if (is_return && !planted("return_ignores_what_is_later") &&\n'
          "      holds_later(after, slots, deletion, holding.stamp))"),
    Plant("return_adds_to_what_was", "a rule that comes back adds what was carried over to what it held before",
          CARRY_OVER,
          "  if (is_return) {\n    std::copy_if(",
          '  if (is_return && !planted("return_adds_to_what_was")) {\n    std::copy_if('),
    Plant("return_is_not_known", "a rule that the field had before, by another name, is taken for a new one",
          FIELD_MOVES,
          "strategy::share_slots(rule_of(name, strategies).merge, move.after.merge);",
          '(strategy::share_slots(rule_of(name, strategies).merge, move.after.merge) &&\n'
          '              !planted("return_is_not_known"));'),
    Plant("group_takes_older_parts", "a part that joins a group replaces one that is later there",
          FIELD_MOVES,
          "if (!holding || holding->stamp <= held_until) continue;",
          'if (!holding || (holding->stamp <= held_until && !planted("group_takes_older_parts"))) continue;'),
    Plant("left_part_is_carried_twice", "a part that left a group is later the next time, if others have joined it",
          FIELD_MOVES,
          "if (joined != groups.end()) holding",
          'if (joined != groups.end() && !planted("left_part_is_carried_twice")) holding'),
    Plant("oldest_former_rule_is_read", "a migration takes in what was written by the first rule of a field, not the last",
          FIELD_MOVES,
          "if (last != names.rend()) return *last;",
          'if (last != names.rend()) return planted("oldest_former_rule_is_read") ? names.front() : *last;'),
    Plant("late_writes_by_former_rules_are_lost", "a migration carries over nothing of fields whose rule stays",
          FIELD_MOVES,
          "if (move.before_name.empty() || move.before_name == move.after_name) continue;",
          "if (move.before_name.empty() || move.before_name == move.after_name) continue;\n"
          '    if (planted("late_writes_by_former_rules_are_lost") &&\n'
          "        std::none_of(comparison.differences.begin(), comparison.differences.end(),\n"
          "                     [&](const auto& one) { return one.name == field; }))\n"
          "      continue;"),
    Plant("carried_items_are_named_by_their_time", "an item of a list has another name each time that it is carried over",
          CARRIED_LIST,
          "const auto ids = carried_ids(items);",
          "auto ids = carried_ids(items);\n"
          '  if (planted("carried_items_are_named_by_their_time")) {\n'
          "    for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = tag_of(stamp, i);\n"
          "  }"),
    Plant("removed_items_are_carried_again", "an item of a set comes into a list with the stamp of the latest of all items",
          CARRY_OVER,
          "own == stamps.end() ? holding.stamp : own->second;",
          '(own == stamps.end() || planted("removed_items_are_carried_again")) ? holding.stamp : own->second;'),
]
