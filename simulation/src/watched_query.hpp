#pragma once

#include <memory>
#include <string>
#include <vector>

#include "syncline/query.hpp"
#include "syncline/simulation/random.hpp"

namespace syncline::simulation {

// A live query of an app that keeps nothing but what it is told: the result is made of the
// differences alone.
//
// Thread safety: none.
class WatchedQuery {
 public:
  WatchedQuery(Replica& replica, Query query);
  WatchedQuery(const WatchedQuery&) = delete;
  WatchedQuery& operator=(const WatchedQuery&) = delete;

  [[nodiscard]] const Query& query() const { return query_; }
  [[nodiscard]] const std::vector<Record>& result() const { return result_; }
  // What could not be watched or did not fit the result before; empty if all is well.
  [[nodiscard]] const std::string& trouble() const { return trouble_; }

 private:
  void take(const Result<QueryDifference>& told);
  void remove(const QueryDifference& difference);
  void place(const QueryDifference& difference);

  Query query_;
  std::vector<Record> result_;
  std::string trouble_;
  Subscription subscription_;
};

// Watches a few of the indexes that are built, some with a bound, a limit or from behind.
[[nodiscard]] std::vector<std::unique_ptr<WatchedQuery>> watch_some(Replica& replica,
                                                                    SeededRandom& random);

}  // namespace syncline::simulation
