#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/turn.hpp"
#include "query/index_list.hpp"
#include "query/live.hpp"
#include "replica/commit_builder.hpp"
#include "replica/entries.hpp"
#include "replica/log_compaction.hpp"
#include "replica/observers.hpp"
#include "replica/view_source.hpp"
#include "syncline/clock.hpp"
#include "syncline/conflicts.hpp"
#include "syncline/history.hpp"
#include "syncline/kept_aside.hpp"
#include "syncline/query.hpp"
#include "syncline/replica.hpp"
#include "syncline/replication.hpp"

namespace syncline {

// What the facade, its transactions and the replication share. Whoever commits holds `writer`,
// which guards the clock, the head, the progress, the compactor, the list of indexes and the live
// queries.
class Replica::Core {
 public:
  Core(Store& store_in, WallClock& wall_in, Schema schema_in, ReplicaId id_in,
       const replica::Head& head, replica::Progress progress_in, replica::LogState log)
      : store(store_in),
        wall(wall_in),
        source(std::make_shared<View::Source>(std::move(schema_in))),
        schema(source->schema),
        id(id_in),
        clock(wall_in, head.clock),
        committed(head),
        progress(std::move(progress_in)),
        compactor(std::move(log)) {}
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;
  ~Core() { source->is_open = false; }

  // Where the outbox begins, and what is set aside.
  [[nodiscard]] static Result<replica::Unsettled> unsettled(const Snapshot& snapshot);

  // How far the sync has come; nothing yet for a new store.
  [[nodiscard]] static Result<replica::Progress> stored_progress(const Snapshot& snapshot);

  // Replica::view.
  [[nodiscard]] Result<View> view() const;

  // Commits what was built together with the clock, and queues the ops that changed something for
  // the observers. Called with `writer` held. On an error nothing has changed, the clock included.
  [[nodiscard]] Result<void> commit(replica::CommitBuilder& builder, std::span<const Op> ops,
                                    Origin origin);
  // Tells the observers and the live queries what is queued. Called outside every lock.
  void deliver();

  Store& store;
  WallClock& wall;
  const std::shared_ptr<View::Source> source;
  const Schema& schema;
  const ReplicaId id;

  Turn writer;
  Transaction transaction;
  HybridClock clock;
  replica::Head committed;  // as the store has it
  replica::Progress progress;
  replica::LogCompactor compactor;
  query::IndexList indexes;  // as the store has them
  query::LiveQueries live;

  replica::Observers observers;
  std::unique_ptr<Replication> replication;
  std::unique_ptr<KeptAside> kept_aside;
  std::unique_ptr<Conflicts> conflicts;
  std::unique_ptr<History> history;
  std::unique_ptr<Queries> queries;
};

namespace replica {

[[nodiscard]] std::unique_ptr<Replication> make_replication(Replica::Core& core);
[[nodiscard]] std::unique_ptr<KeptAside> make_kept_aside(Replica::Core& core);
[[nodiscard]] std::unique_ptr<History> make_history(Replica::Core& core);

}  // namespace replica

namespace conflict {

[[nodiscard]] std::unique_ptr<Conflicts> make_conflicts(Replica::Core& core);

}  // namespace conflict

namespace query {

[[nodiscard]] std::unique_ptr<Queries> make_queries(Replica::Core& core);

}  // namespace query
}  // namespace syncline
