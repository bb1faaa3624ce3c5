#pragma once

#include <algorithm>
#include <cstdint>

#include "syncline/environment.hpp"
#include "syncline/error.hpp"
#include "syncline/stamp.hpp"

namespace syncline {

// The hybrid logical clock of spec/clock.md (Kulkarni et al., Logical Physical Clocks, OPODIS
// 2014). It has no storage: its owner persists state() in the transaction that writes what was
// stamped.
//
// Thread safety: none; its owner serialises.
class HybridClock {
 public:
  struct State {
    HybridTime last;             // of this clock's ticks and of what it observed
    HybridTime confirmed;        // the greatest that another replica or the server has seen
    std::int64_t offset_ms = 0;  // what corrects the wall clock

    bool operator==(const State&) const = default;
  };

  // `wall` must outlive the clock.
  HybridClock(WallClock& wall, State state) : wall_(wall), state_(state) {}

  // A time greater than every earlier tick's and than `floor`. Errors: clock_exhausted.
  [[nodiscard]] Result<HybridTime> tick(HybridTime floor = {});

  // Takes notice of a stamp that arrived in a reply of this server's time, in milliseconds since
  // 1970. Errors: stamp_in_future, and then nothing changes.
  [[nodiscard]] Result<void> observe(const Stamp& stamp, std::int64_t server_ms);

  // Takes notice that the server holds this stamp or a greater one.
  void confirm(const Stamp& stamp) { state_.confirmed = std::max(state_.confirmed, stamp.time); }

  // Goes back to the greatest time that anyone else has seen, so that what was stamped beyond it
  // can be stamped anew. The caller stamps anew every register beyond it in the same transaction.
  void rewind() { state_.last = state_.confirmed; }

  // Learns the correction of the wall clock from a reply that carried the server's time, with the
  // wall clock's readings around the exchange, unless the present one may be right. Answers whether
  // the correction changed.
  bool learn_offset(std::int64_t server_ms, std::int64_t sent_ms, std::int64_t received_ms);

  // The corrected wall clock in milliseconds since 1970.
  [[nodiscard]] std::int64_t now_ms() const;

  [[nodiscard]] State state() const { return state_; }
  // For the roll-back of a transaction that was not committed.
  void restore(State state) { state_ = state; }

 private:
  WallClock& wall_;
  State state_;
};

}  // namespace syncline
