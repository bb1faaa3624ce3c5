#include <algorithm>

#include "query/index_key.hpp"
#include "query/index_list.hpp"
#include "replica/entry_walk.hpp"
#include "replica/repair_plan.hpp"

namespace syncline::replica {
namespace {

bool is_of_indexes(const StoreFault& fault) {
  return fault.keyspace == Keyspace::kIndexes ||
         (fault.keyspace == Keyspace::kMeta && fault.key == query::kIndexesName);
}

}  // namespace

// The records say all that an index holds, so that none is mended: all are built anew.
Result<void> repair_indexes(RepairPlan& plan, const std::vector<StoreFault>& faults) {
  const bool is_amiss = std::any_of(faults.begin(), faults.end(), is_of_indexes);
  if (!is_amiss && !plan.changes_slots()) return {};
  // No number is given twice, for an entry whose name cannot be read stays.
  query::IndexList none;
  const auto stored = plan.snapshot().get(Keyspace::kMeta, query::kIndexesName);
  if (stored && *stored) {
    if (const auto list = query::decode_indexes(**stored)) none.next = list->next;
  }
  const auto drop = [&](std::string_view key) {
    if (key.empty()) return true;
    const auto number = query::number_of_index_key(key);
    if (number && *number >= none.next) none.next = *number + 1;
    plan.erase(Keyspace::kIndexes, key);
    return true;
  };
  const auto walked =
      walk_entries(plan.snapshot(), Keyspace::kIndexes,
                   {[&drop](std::string_view key, std::string_view) { return drop(key); },
                    [&drop](std::string_view key, const Error&) { return drop(key); }});
  if (!walked) return fail(walked.error());
  if (is_amiss || (stored && *stored))
    plan.put(Keyspace::kMeta, query::kIndexesName, query::encode_indexes(none));
  for (const StoreFault& fault : faults) {
    if (is_of_indexes(fault))
      plan.tell(fault, RepairKind::kRebuilt, "taken out: the app builds its indexes anew");
  }
  return {};
}

}  // namespace syncline::replica
