"""The strategies."""

from plants.plant import Plant

COUNTER = "engine/src/strategy/counter.cpp"
EXTREME = "engine/src/strategy/extreme.cpp"
GROUP = "engine/src/strategy/group.cpp"
SET = "engine/src/strategy/set.cpp"
MAP = "engine/src/strategy/map.cpp"
TAG = "engine/src/strategy/tag.cpp"
MULTI = "engine/src/strategy/multi.cpp"
MERGE_TEXT = "engine/src/strategy/merge_text.cpp"
CUSTOM = "engine/src/strategy/custom.cpp"
RAW_SLOTS = "engine/src/strategy/raw_slots.cpp"
LIST = "engine/src/strategy/list.cpp"
LIST_TREE = "engine/src/strategy/list_tree.cpp"
STRATEGY = "engine/src/strategy/strategy.cpp"

PLANTS = [
    Plant("counter_of_another_deletion", "a counter adds up what belongs to an earlier life of the record",
          STRATEGY,
          "return followed_deletion(element) == deletion;",
          'const auto followed = followed_deletion(element);\n'
          '  return followed && (planted("counter_of_another_deletion") || *followed == deletion);'),
    Plant("counter_shares_a_slot", "all replicas count in one slot",
          STRATEGY,
          "codec::append_u64(element, static_cast<std::uint64_t>(replica));",
          'codec::append_u64(element, planted("counter_shares_a_slot") ? 1 : static_cast<std::uint64_t>(replica));'),
    Plant("counter_starts_again", "an increment replaces the replica's total",
          COUNTER,
          "if (slot.element == element) own =",
          'if (slot.element == element && !planted("counter_starts_again")) own ='),
    Plant("extreme_keeps_the_latest", "a value that is no extreme replaces the one that is",
          EXTREME,
          "order_of(put->value, *own) * sign_ <= 0)",
          'order_of(put->value, *own) * sign_ <= 0 && !planted("extreme_keeps_the_latest"))'),
    Plant("group_forgets_other_parts", "writing a part of a group drops the others",
          GROUP,
          "if (const auto present = resolve(slots, context.deletion)) parts",
          'if (const auto present = resolve(slots, context.deletion);\n'
          '        present && !(planted("group_forgets_other_parts") && std::holds_alternative<Put>(mutation)))\n'
          "      parts"),
    Plant("set_tags_by_item", "an addition is named after its item, so that a removal takes others with it",
          SET,
          "tag_of(context.stamp, ordinal++)",
          'planted("set_tags_by_item")\n'
          "                            ? tag_of({HybridTime::from_packed(std::hash<std::string>{}(item)), {}}, 0)\n"
          "                            : tag_of(context.stamp, ordinal++)"),
    Plant("set_ordinals_repeat", "the items of one addition share its tag",
          SET,
          "Tags left = tags_of(items, slots);\n    for",
          'Tags left = tags_of(items, slots);\n    if (planted("set_ordinals_repeat")) {\n'
          "      for (const std::string& item : items) writes.push_back({tag_of(context.stamp, 0), item});\n"
          "      return writes;\n"
          "    }\n"
          "    for"),
    Plant("set_removes_too_much", "a removal takes all items",
          SET,
          ": tags_of(*items, slots)) remove_tags(tags, writes);",
          ': planted("set_removes_too_much") ? all_tags(slots) : tags_of(*items, slots))\n'
          "        remove_tags(tags, writes);"),
    Plant("map_put_leaves_keys", "putting a map leaves the keys that it does not name",
          MAP,
          "!wanted->contains(slot.element)) {",
          '!wanted->contains(slot.element) && !planted("map_put_leaves_keys")) {'),
    Plant("multi_in_tag_order", "concurrent values are in the order of their tags, and not of their stamps",
          TAG,
          "return a->stamp < b->stamp;",
          'return !planted("multi_in_tag_order") && a->stamp < b->stamp;'),
    Plant("multi_keeps_what_it_replaces", "a put leaves the values that it has seen",
          TAG,
          "if (is_live_value(slot)) writes",
          'if (is_live_value(slot) && !planted("multi_keeps_what_it_replaces")) writes'),
    Plant("multi_shows_the_latest", "of concurrent values the latest alone is read",
          MULTI,
          "    if (values.empty()) return std::nullopt;\n",
          "    if (values.empty()) return std::nullopt;\n"
          '    if (planted("multi_shows_the_latest")) values.erase(values.begin(), values.end() - 1);\n'),
    Plant("merge_text_drops_concurrent_texts", "of concurrent texts the last replaces the others",
          MERGE_TEXT,
          "      joined += *text;",
          '      if (planted("merge_text_drops_concurrent_texts")) joined.clear();\n'
          "      joined += *text;"),
    Plant("list_places_after_their_siblings", "what is inserted behind an item comes behind all that hangs from it",
          LIST_TREE,
          "if (next < walk_.size() && !children_of(node.id).after.empty())",
          'if (next < walk_.size() && !children_of(node.id).after.empty() &&\n'
          '      !planted("list_places_after_their_siblings"))'),
    Plant("list_forgets_removed_places", "what hangs from a removed item has lost its place",
          LIST_TREE,
          "if (const auto node = node_of(slot)) nodes_",
          'if (planted("list_forgets_removed_places") && !slot.is_live()) continue;\n'
          "    if (const auto node = node_of(slot)) nodes_"),
    Plant("list_shows_former_places", "an item that was moved is shown where it was inserted, too",
          LIST_TREE,
          "found != movements.end() && found->second == node) {",
          'found != movements.end() && found->second == node &&\n'
          '               !planted("list_shows_former_places")) {'),
    Plant("missing_strategy_hides_its_slots", "a strategy that is not registered shows only what is live",
          RAW_SLOTS,
          "  for (const SlotView& slot : slots) {\n    Value::Object shown",
          "  for (const SlotView& slot : slots) {\n"
          '    if (planted("missing_strategy_hides_its_slots") && !slot.is_live()) continue;\n'
          "    Value::Object shown"),
    Plant("raw_slots_are_added_only", "a put of raw slots leaves the others",
          RAW_SLOTS,
          "    } else if (slot.is_live()) {\n",
          '    } else if (slot.is_live() && !planted("raw_slots_are_added_only")) {\n'),
    Plant("missing_strategy_writes_as_lww", "a strategy that is not registered takes a put as lww does",
          CUSTOM,
          "    return fail(Code::kStrategyMissing,",
          '    if (planted("missing_strategy_writes_as_lww") && std::holds_alternative<Put>(mutation)) {\n'
          "      return std::vector<SlotWrite>{\n"
          "          {std::string(), encode_value(std::get<Put>(mutation).value).value()}};\n"
          "    }\n"
          "    return fail(Code::kStrategyMissing,"),
]
