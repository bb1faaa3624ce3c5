#include "query/live.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "replica/record_reader.hpp"

namespace syncline::query {
namespace {

using RecordsByCollection = std::map<std::string, std::vector<std::string>, std::less<>>;

RecordsByCollection records_of(std::span<const Op> ops) {
  std::map<std::string, std::set<std::string>, std::less<>> names;
  for (const Op& op : ops) names[std::string(op.key.collection())].emplace(op.key.record());
  RecordsByCollection records;
  for (auto& [collection, of_collection] : names)
    records.emplace(collection, std::vector(of_collection.begin(), of_collection.end()));
  return records;
}

}  // namespace

Result<Subscription> LiveQueries::add(const Snapshot& snapshot, const Schema& schema, Range range,
                                      Queries::Observer observer) {
  auto rows = run_again(snapshot, schema, range);
  if (!rows) return fail(rows.error());
  auto live = std::make_shared<Live>();
  live->range = std::move(range);
  live->observer = std::move(observer);
  live->rows = std::move(*rows);
  queue(live, difference({}, live->rows, live->range.reverse));
  live_.push_back(live);
  return Subscription(live);
}

void LiveQueries::update(const Store& store, const Schema& schema, std::span<const Op> ops) {
  std::erase_if(live_, [](const auto& known) { return known.expired(); });
  if (live_.empty() || ops.empty()) return;
  const RecordsByCollection changed = records_of(ops);
  const auto snapshot = store.snapshot();
  for (const auto& known : live_) {
    const auto live = known.lock();
    if (!live || live->failed) continue;
    const auto records = changed.find(live->range.index.collection);
    if (records == changed.end()) continue;
    auto rows = !snapshot                ? Result<Rows>(fail(snapshot.error()))
                : live->range.limit == 0 ? follow(**snapshot, schema, *live, records->second)
                                         : run_again(**snapshot, schema, live->range);
    if (!rows) {
      live->failed = true;
      queue(live, fail(rows.error()));
      continue;
    }
    auto told = difference(live->rows, *rows, live->range.reverse);
    live->rows = std::move(*rows);
    if (!told.empty()) queue(live, std::move(told));
  }
}

void LiveQueries::deliver() {
  std::unique_lock lock(mutex_);
  if (delivering_) return;
  delivering_ = true;
  while (!queue_.empty()) {
    const auto [known, told] = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    if (const auto live = known.lock()) live->observer(told);
    lock.lock();
  }
  delivering_ = false;
}

Result<LiveQueries::Rows> LiveQueries::run_again(const Snapshot& snapshot, const Schema& schema,
                                                 const Range& range) {
  Rows rows;
  auto scanned = scan_range(snapshot, schema, range, [&](Found found) {
    rows.push_back(std::make_shared<const Found>(std::move(found)));
    return rows.size() != range.limit;
  });
  if (!scanned) return fail(scanned.error());
  return rows;
}

Result<LiveQueries::Rows> LiveQueries::follow(const Snapshot& snapshot, const Schema& schema,
                                              const Live& live,
                                              const std::vector<std::string>& records) {
  const Range& range = live.range;
  const CollectionRules& rules = schema.collection(range.index.collection);
  Rows changed;
  const auto cursor = snapshot.cursor(Keyspace::kSlots);
  if (!cursor) return fail(cursor.error());
  for (const std::string& name : records) {
    const auto slots = replica::read_record(**cursor, range.index.collection, name);
    if (!slots) return fail(slots.error());
    auto fields = slots->resolve(rules);
    if (!fields) continue;
    auto key = place_in(range, name, *fields);
    if (!key || !is_reached(range, *key)) continue;
    changed.push_back(
        std::make_shared<const Found>(Found{std::move(*key), {name, std::move(*fields)}}));
  }
  const auto comes_first = [&range](const auto& a, const auto& b) {
    return range.reverse ? a->key > b->key : a->key < b->key;
  };
  std::sort(changed.begin(), changed.end(), comes_first);
  Rows kept;
  std::copy_if(live.rows.begin(), live.rows.end(), std::back_inserter(kept), [&](const auto& row) {
    return !std::binary_search(records.begin(), records.end(), row->record.id);
  });
  Rows rows;
  rows.reserve(kept.size() + changed.size());
  std::merge(kept.begin(), kept.end(), changed.begin(), changed.end(), std::back_inserter(rows),
             comes_first);
  return rows;
}

QueryDifference LiveQueries::difference(const Rows& before, const Rows& after, bool reverse) {
  QueryDifference told;
  // A record that stays where it is meets itself here; the others are matched by name.
  std::unordered_map<std::string_view, std::size_t> left;
  std::vector<std::size_t> came;
  std::size_t at = 0;
  for (std::size_t now = 0; now < after.size(); ++now) {
    const auto is_behind = [&] {
      return reverse ? before[at]->key > after[now]->key : before[at]->key < after[now]->key;
    };
    for (; at < before.size() && is_behind(); ++at) left.emplace(before[at]->record.id, at);
    if (at == before.size() || before[at]->key != after[now]->key) {
      came.push_back(now);
      continue;
    }
    if (before[at] != after[now] && !(before[at]->record == after[now]->record))
      told.changed.push_back({now, after[now]->record});
    ++at;
  }
  for (; at < before.size(); ++at) left.emplace(before[at]->record.id, at);
  for (const std::size_t now : came) {
    const bool has_moved = left.erase(after[now]->record.id) > 0;
    (has_moved ? told.changed : told.added).push_back({now, after[now]->record});
  }
  for (const auto& [id, position] : left) told.removed.push_back({position, std::string(id)});
  const auto by_position = [](const auto& a, const auto& b) { return a.position < b.position; };
  std::sort(told.changed.begin(), told.changed.end(), by_position);
  std::sort(told.removed.begin(), told.removed.end(), by_position);
  return told;
}

void LiveQueries::queue(const std::shared_ptr<Live>& live, Result<QueryDifference> told) {
  const std::lock_guard lock(mutex_);
  queue_.emplace_back(live, std::move(told));
}

}  // namespace syncline::query
