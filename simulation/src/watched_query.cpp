#include "watched_query.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "place.hpp"

namespace syncline::simulation {
namespace {

constexpr std::uint64_t kQueriesMax = 3;
constexpr std::uint64_t kLimitMax = 3;

// A value that has a place, of what the field may hold.
Value bound_of(const CollectionRules& rules, const std::string& field, SeededRandom& random) {
  Value value = item_of(put_type(rules.field(field)), random);
  const bool has_place = value.if_array() == nullptr && value.if_object() == nullptr;
  return has_place ? value : Value(random.between(0, 9));
}

Query choose_query(const Schema& schema, const IndexInfo& index, SeededRandom& random) {
  const CollectionRules& rules = schema.collection(index.collection);
  Query query{.collection = index.collection, .index = index.name};
  query.reverse = random.below(2) == 0;
  if (random.below(2) == 0) query.limit = 1 + random.below(kLimitMax);
  const std::string& first = rules.indexes.find(index.name)->second.fields.front();
  if (random.below(4) == 0) query.equal = {bound_of(rules, first, random)};
  return query;
}

}  // namespace

WatchedQuery::WatchedQuery(Replica& replica, Query query) : query_(std::move(query)) {
  auto subscription = replica.queries().watch(query_, [this](const auto& told) { take(told); });
  if (subscription)
    subscription_ = std::move(*subscription);
  else
    trouble_ = subscription.error().message;
}

void WatchedQuery::take(const Result<QueryDifference>& told) {
  if (!trouble_.empty()) return;
  if (!told) {
    trouble_ = told.error().message;
    return;
  }
  remove(*told);
  place(*told);
}

void WatchedQuery::remove(const QueryDifference& difference) {
  // From behind, so that the positions before stay what they are.
  const auto& removed = difference.removed;
  for (auto one = removed.rbegin(); one != removed.rend(); ++one) {
    if (one->position >= result_.size() || result_[one->position].id != one->id) {
      trouble_ = one->id + " is removed where it is not";
      return;
    }
    result_.erase(result_.begin() + static_cast<std::ptrdiff_t>(one->position));
  }
}

void WatchedQuery::place(const QueryDifference& difference) {
  std::map<std::size_t, const Record*> placed;
  for (const auto& one : difference.changed) {
    if (std::erase_if(result_, [&](const Record& held) { return held.id == one.record.id; }) != 1)
      trouble_ = one.record.id + " is changed and was not there";
    placed.emplace(one.position, &one.record);
  }
  for (const auto& one : difference.added) placed.emplace(one.position, &one.record);
  if (placed.size() != difference.changed.size() + difference.added.size())
    trouble_ = "two records have one position";
  for (const auto& [position, record] : placed) {
    if (position > result_.size()) trouble_ = record->id + " is placed behind the end";
    if (!trouble_.empty()) return;
    result_.insert(result_.begin() + static_cast<std::ptrdiff_t>(position), *record);
  }
}

std::vector<std::unique_ptr<WatchedQuery>> watch_some(Replica& replica, SeededRandom& random) {
  std::vector<std::unique_ptr<WatchedQuery>> some;
  auto indexes = replica.queries().indexes();
  if (!indexes) return some;
  std::erase_if(*indexes, [](const IndexInfo& one) { return one.state != IndexState::kBuilt; });
  if (indexes->empty()) return some;
  for (std::uint64_t left = random.below(kQueriesMax + 1); left > 0; --left) {
    const IndexInfo& index = (*indexes)[random.below(indexes->size())];
    some.push_back(
        std::make_unique<WatchedQuery>(replica, choose_query(replica.schema(), index, random)));
  }
  return some;
}

}  // namespace syncline::simulation
