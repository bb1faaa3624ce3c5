"""The live queries."""

from plants.plant import Plant

LIVE = "engine/src/query/live.cpp"
REPLICA = "engine/src/replica/replica.cpp"

PLANTS = [
    Plant("live_query_keeps_what_left", "a record that is deleted, or leaves the range, stays in the result",
          LIVE,
          "    return !std::binary_search(records.begin(), records.end(), row->record.id);",
          '    if (planted("live_query_keeps_what_left")) {\n'
          "      return std::none_of(changed.begin(), changed.end(),\n"
          "                          [&](const auto& one) { return one->record.id == row->record.id; });\n"
          "    }\n"
          "    return !std::binary_search(records.begin(), records.end(), row->record.id);"),
    Plant("live_query_follows_its_limit", "a query with a limit is not run again, and goes beyond it or lacks its last",
          LIVE,
          "live->range.limit == 0 ? follow",
          'live->range.limit == 0 || planted("live_query_follows_its_limit")\n'
          "                    ? follow"),
    Plant("live_query_adds_what_moves", "a record that moves is told of as added",
          LIVE,
          "(has_moved ? told.changed",
          '(has_moved && !planted("live_query_adds_what_moves") ? told.changed'),
    Plant("live_query_tells_of_places_alone", "a record whose fields change where it stands is not told of",
          LIVE,
          "    if (before[at] != after[now] &&",
          '    if (!planted("live_query_tells_of_places_alone") && before[at] != after[now] &&'),
    Plant("live_query_merges_forwards", "what changes is put into a descending result as into an ascending one",
          LIVE,
          "return range.reverse ? a->key > b->key",
          'return range.reverse && !planted("live_query_merges_forwards") ? a->key > b->key'),
    Plant("live_queries_hear_of_own_writes_alone", "what arrives is not told to live queries",
          REPLICA,
          "  live.update(store, schema, ops);",
          '  if (!planted("live_queries_hear_of_own_writes_alone") || origin == Origin::kLocal)\n'
          "    live.update(store, schema, ops);"),
]
