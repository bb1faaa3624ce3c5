#pragma once

#include "slots.hpp"
#include "syncline/batch.hpp"
#include "wanted.hpp"

namespace syncline::loopback {

// What a replica has seen of a space, by the cursors of its request (spec/protocol.md, Unseen). It
// borrows both.
class Sight {
 public:
  Sight(const Slots& slots, const Wanted& wanted, ReplicaId replica)
      : slots_(slots), wanted_(wanted), replica_(replica) {}

  // Whether the op would replace, delete or follow on what the replica has not seen.
  [[nodiscard]] bool meets_unseen(const Op& op) const;

 private:
  [[nodiscard]] bool unseen(const Slots::value_type& row) const;

  const Slots& slots_;
  const Wanted& wanted_;
  ReplicaId replica_;
};

}  // namespace syncline::loopback
