#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "query/scan.hpp"
#include "syncline/batch.hpp"
#include "syncline/query.hpp"

namespace syncline::query {

// The results of live queries, and the differences that are still to be told.
//
// Thread safety: add and update are called with the writer's turn held, which also makes the order
// of differences that of the commits; deliver from any thread, outside every lock.
class LiveQueries {
 public:
  // Queues the whole result as added. Errors: those of the snapshot.
  [[nodiscard]] Result<Subscription> add(const Snapshot& snapshot, const Schema& schema,
                                         Range range, Queries::Observer observer);

  // Brings every result up to a commit that wrote these ops, and queues what changed.
  void update(const Store& store, const Schema& schema, std::span<const Op> ops);

  // Tells what is queued, unless another call is doing so already, which then tells this too.
  void deliver();

 private:
  // In the order of the result. Rows that did not change are shared with the result before.
  using Rows = std::vector<std::shared_ptr<const Found>>;

  struct Live {
    Range range;
    Queries::Observer observer;
    Rows rows;
    bool failed = false;
  };

  [[nodiscard]] static Result<Rows> run_again(const Snapshot& snapshot, const Schema& schema,
                                              const Range& range);
  [[nodiscard]] static Result<Rows> follow(const Snapshot& snapshot, const Schema& schema,
                                           const Live& live,
                                           const std::vector<std::string>& records);
  [[nodiscard]] static QueryDifference difference(const Rows& before, const Rows& after,
                                                  bool reverse);
  void queue(const std::shared_ptr<Live>& live, Result<QueryDifference> told);

  std::vector<std::weak_ptr<Live>> live_;
  std::mutex mutex_;  // of what follows
  std::deque<std::pair<std::weak_ptr<Live>, Result<QueryDifference>>> queue_;
  bool delivering_ = false;
};

}  // namespace syncline::query
