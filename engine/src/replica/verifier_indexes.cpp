#include <algorithm>
#include <string>

#include "query/index_key.hpp"
#include "query/index_list.hpp"
#include "replica/record_reader.hpp"
#include "replica/verifier.hpp"
#include "syncline/schema.hpp"
#include "syncline/strategy.hpp"

namespace syncline::replica {

void Verifier::check_index_entry(std::string_view key, std::string_view value) {
  if (query::number_of_index_key(key) && value.size() == 1) return;
  tell(FaultKind::kMalformed, Keyspace::kIndexes, key, "an entry of an index cannot be decoded");
}

void Verifier::note(const StoreFault& fault) {
  if (fault.keyspace == Keyspace::kIndexes)
    known_.indexes.insert(query::number_of_index_key(fault.key).value_or(0));
  // A slot that the log has lost is what it was.
  if (fault.keyspace != Keyspace::kSlots || fault.kind == FaultKind::kNotInLog) return;
  if (!fault.collection.empty())
    known_.records.insert(record_prefix(fault.collection, fault.record));
  if (fault.collection.empty() && fault.kind == FaultKind::kDamaged) has_nameless_slot_ = true;
}

// By the stored schema, which is the one that the entries are kept by.
Result<void> Verifier::check_indexes() {
  const auto stored = snapshot_.get(Keyspace::kMeta, kSchemaName);
  const auto schema =
      stored && *stored ? Schema::parse_stored(**stored, Strategies()) : Result<Schema>(Schema());
  const auto list =
      stored && schema ? query::read_indexes(snapshot_, *schema) : Result<query::IndexList>();
  if (!stored || !schema || !list || has_nameless_slot_) {
    // What is left of the work is not done.
    if (progress_) static_cast<void>(progress_(total_, total_));
    return {};
  }
  for (const std::string& prefix : known_.records) {
    const bool is_indexed =
        std::any_of(list->indexes.begin(), list->indexes.end(), [&](const query::Index& index) {
          return index.is_kept() && prefix.starts_with(index.collection + '\0');
        });
    if (is_indexed) ++found_.unindexed_records;
  }
  const auto tell_amiss = [this](const std::string& what) {
    tell(FaultKind::kIndexAmiss, Keyspace::kIndexes, {}, what);
  };
  auto checked = query::verify_indexes(snapshot_, *schema, tell_amiss, query::KnownFaults(known_),
                                       [this] { return step(); });
  found_.indexes_checked = checked.has_value();
  if (checked || checked.error().code != Code::kStoreCorrupt) return checked;
  tell_amiss(checked.error().message);
  return {};
}

}  // namespace syncline::replica
