"""The indexes."""

from plants.plant import Plant

REPLICA = "engine/src/replica/replica.cpp"
UPKEEP = "engine/src/query/upkeep.cpp"
BUILD = "engine/src/query/build.cpp"
INDEX_LIST = "engine/src/query/index_list.cpp"
PLACES = "engine/src/query/places.cpp"
SCAN = "engine/src/query/scan.cpp"

PLANTS = [
    Plant("index_entry_left_behind", "a record that is deleted stays in its indexes",
          UPKEEP,
          "if (!after.contains(key)) builder.erase",
          'if (!after.contains(key) && !(planted("index_entry_left_behind") && after.empty())) builder.erase'),
    Plant("index_deaf_to_groups", "a part of a group changes without its index",
          UPKEEP,
          "insert(group != nullptr ? *group : field);",
          'insert(group != nullptr && !planted("index_deaf_to_groups") ? *group : field);'),
    Plant("merge_leaves_indexes", "what arrives is in no index",
          REPLICA,
          "auto done = query::keep_indexes(indexes, schema, store, builder);",
          'auto done = planted("merge_leaves_indexes") && origin == Origin::kRemote\n'
          "                  ? Result<void>()\n"
          "                  : query::keep_indexes(indexes, schema, store, builder);"),
    Plant("resumed_build_skips_a_record", "a build that goes on leaves out the record behind where it stopped",
          BUILD,
          "  std::string record;\n",
          "  std::string record;\n"
          '  if (planted("resumed_build_skips_a_record") && !index.position.empty()) {\n'
          "    merge::RecordSlots skipped;\n"
          "    static_cast<void>(scan.next(record, skipped));\n"
          "  }\n"),
    Plant("index_known_by_its_name", "an index that is declared otherwise is taken for the one before",
          INDEX_LIST,
          "rules) == index.digest ? &found->second",
          'rules) == index.digest || planted("index_known_by_its_name") ? &found->second'),
    Plant("index_of_the_first_item", "a set is found by one of its items alone",
          PLACES,
          "      any = true;\n",
          "      any = true;\n"
          '      if (planted("index_of_the_first_item")) break;\n'),
    Plant("query_gives_a_record_twice", "a record with several places in a range is given at each",
          SCAN,
          "if (flags.front() != 0 &&",
          'if (flags.front() != 0 && !planted("query_gives_a_record_twice") &&'),
    Plant("cursor_is_behind_the_next", "a query that goes on leaves a record out",
          SCAN,
          "    if (ended) return false;\n",
          '    if (ended && planted("cursor_is_behind_the_next")) last = found.key;\n'
          "    if (ended) return false;\n"),
]
