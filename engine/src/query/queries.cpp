#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>

#include "query/build.hpp"
#include "query/scan.hpp"
#include "replica/core.hpp"

namespace syncline {
namespace query {
namespace {

class ReplicaQueries final : public Queries {
 public:
  explicit ReplicaQueries(Replica::Core& core) : core_(core) {}

  Result<std::string> run(const Query& query, const Visitor& visitor) const override {
    const auto now = core_.view();
    return now ? now->run(query, visitor) : fail(now.error());
  }

  Result<Subscription> watch(const Query& query, Observer observer) override {
    auto subscription = subscribe(query, std::move(observer));
    core_.live.deliver();
    return subscription;
  }

  Result<std::vector<IndexInfo>> indexes() const override {
    const auto now = core_.view();
    return now ? now->indexes() : fail(now.error());
  }

  Result<bool> build(const BuildOptions& options, const Progress& progress) override {
    return build_indexes(core_, options, progress);
  }

 private:
  Result<Subscription> subscribe(const Query& query, Observer observer) {
    const std::lock_guard lock(core_.writer);
    const auto snapshot = core_.store.snapshot();
    if (!snapshot) return fail(snapshot.error());
    auto range = plan(**snapshot, core_.schema, query);
    if (!range) return fail(range.error());
    return core_.live.add(**snapshot, core_.schema, std::move(*range), std::move(observer));
  }

  Replica::Core& core_;
};

}  // namespace

std::unique_ptr<Queries> make_queries(Replica::Core& core) {
  return std::make_unique<ReplicaQueries>(core);
}

}  // namespace query

std::vector<Record> apply_difference(const QueryDifference& difference,
                                     std::vector<Record> before) {
  std::unordered_set<std::string_view> changed;
  for (const auto& placed : difference.changed) changed.insert(placed.record.id);
  std::vector<QueryDifference::Placed> placed;
  std::merge(difference.added.begin(), difference.added.end(), difference.changed.begin(),
             difference.changed.end(), std::back_inserter(placed),
             [](const auto& a, const auto& b) { return a.position < b.position; });
  std::vector<Record> after;
  auto next = placed.begin();
  const auto take_placed = [&] {
    for (; next != placed.end() && next->position == after.size(); ++next)
      after.push_back(std::move(next->record));
  };
  auto removed = difference.removed.begin();
  for (std::size_t position = 0; position < before.size(); ++position) {
    if (removed != difference.removed.end() && removed->position == position) {
      ++removed;
      continue;
    }
    if (changed.contains(before[position].id)) continue;
    take_placed();
    after.push_back(std::move(before[position]));
  }
  take_placed();
  return after;
}

std::string_view index_state_name(IndexState state) {
  constexpr std::array<std::string_view, 3> kNames{"building", "built", "removing"};
  return kNames.at(static_cast<std::size_t>(state) - 1);
}

}  // namespace syncline
