"""Records."""

from plants.plant import Plant

RECORD = "engine/src/merge/record_slots.cpp"
DRAFT = "engine/src/replica/draft.cpp"
TRANSACTION = "engine/src/replica/transaction.cpp"
SCHEMA = "engine/src/schema/schema.cpp"

PLANTS = [
    Plant("live_at_every_edit", "an edit brings a record back that another device deletes meanwhile",
          RECORD,
          "rules.delete_rule == DeleteRule::kEditLoses) return;",
          'rules.delete_rule == DeleteRule::kEditLoses && !planted("live_at_every_edit")) return;'),
    Plant("live_only_once", "an edit does not bring the record back where the schema says that it does",
          RECORD,
          "  static const std::string kTrue = *encode_value(Value(true));\n  set({}, kLiveElement",
          '  if (exists() && planted("live_only_once")) return;\n'
          "  static const std::string kTrue = *encode_value(Value(true));\n  set({}, kLiveElement"),
    Plant("fields_survive_a_deletion", "a record that is made again has the fields that it had before",
          RECORD,
          "    if (slot.stamp > deletion) views.push_back({element, slot.stamp, slot.value});",
          '    if (slot.stamp > deletion || planted("fields_survive_a_deletion"))\n'
          "      views.push_back({element, slot.stamp, slot.value});"),
    Plant("put_leaves_edits_that_lost", "putting a deleted record shows edits that lost to its deletion",
          TRANSACTION,
          "slots.resolve_fields(rules)) {",
          'planted("put_leaves_edits_that_lost") ? slots.resolve(rules).value_or(Value::Object{})\n'
          "                                                                   : slots.resolve_fields(rules)) {"),
    Plant("schema_default_by_mistake", "a collection that no schema names is edited back to life",
          SCHEMA,
          "return found == collections_.end() ? kDefaults : found->second;",
          "static const CollectionRules kOthers{{}, {}, {}, DeleteRule::kEditRevives};\n"
          '  if (found == collections_.end() && planted("schema_default_by_mistake")) return kOthers;\n'
          "  return found == collections_.end() ? kDefaults : found->second;"),
    Plant("failed_mutation_kept", "a mutation that failed stays in what its transaction sees",
          DRAFT,
          "    slots.take_back();\n",
          '    if (!planted("failed_mutation_kept")) slots.take_back();\n'),
    Plant("second_write_to_a_slot_lost", "of two writes of one transaction to one slot the first is kept",
          DRAFT,
          "ops_[found->second] = std::move(op);",
          'if (!planted("second_write_to_a_slot_lost")) ops_[found->second] = std::move(op);'),
]
