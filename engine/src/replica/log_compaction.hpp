#pragma once

#include <cstdint>
#include <deque>
#include <utility>

#include "replica/log_state.hpp"
#include "syncline/replica.hpp"
#include "syncline/store.hpp"

namespace syncline::replica {

// Drops from the log what no slot holds and no retention keeps (spec/op-format.md, What the log
// keeps): in passes over the log, each a few entries at a time, in the commits that make it longer.
// What the last commits of this process logged is left alone, so that whoever reads the log now and
// then meets each op once.
//
// Thread safety: none; the writer's lock is held.
class LogCompactor {
 public:
  explicit LogCompactor(LogState state) : state_(std::move(state)) {}

  // Store::commit of a batch that adds so many ops to the log, and with it what a pass drops. A
  // pass that cannot read something, or has no room, is no reason to fail: it goes on later.
  [[nodiscard]] Result<void> commit(Replica::Core& core, StoreBatch batch, std::uint64_t added);

  // A commit of nothing but a pass from the beginning, or of what follows. Answers whether that is
  // its end. Errors: store_corrupt, those of Store::commit.
  enum class From : std::uint8_t { kBeginning, kHere };
  [[nodiscard]] Result<bool> drop_some(Replica::Core& core, From from);

  [[nodiscard]] std::uint64_t dropped() const { return state_.dropped; }
  // While a pass is under way, the last sequence that it has looked at, and the last that it will.
  [[nodiscard]] std::uint64_t looked() const { return state_.next - 1; }
  [[nodiscard]] std::uint64_t end() const { return state_.end; }

 private:
  // The last sequence that a pass which begins now may look at.
  [[nodiscard]] std::uint64_t last_settled(std::uint64_t head) const {
    return recent_.empty() ? head : recent_.front() - 1;
  }
  // The state after what was added to the batch; the present one where nothing was.
  [[nodiscard]] Result<LogState> plan(Replica::Core& core, StoreBatch& batch, bool begins_anew);

  LogState state_;
  std::int64_t credit_ = 0;           // how many ops may be looked at; one entry may go beyond
  std::deque<std::uint64_t> recent_;  // the first sequences of the last commits, ascending
};

}  // namespace syncline::replica
