#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "replica/entries.hpp"
#include "syncline/batch.hpp"
#include "syncline/store.hpp"

namespace syncline::replica {

// The least sequences of what a server has not taken in, nothing where there are none: what lies
// before them needs no erasing.
struct Unsettled {
  std::optional<std::uint64_t> outbox_first{};
  std::optional<std::uint64_t> set_aside_first{};

  [[nodiscard]] bool any() const { return outbox_first || set_aside_first; }
};

// The register that a write takes the place of.
struct Replaced {
  std::uint64_t sequence = 0;
  Stamp base;  // of the op that is written, if it becomes pending
};

// Gathers the ops of one commit and what they do to the keyspaces: the log, the slots and the
// outbox always move together.
//
// Thread safety: none.
class CommitBuilder {
 public:
  // `last_sequence` is the last one used.
  CommitBuilder(std::uint64_t last_sequence, Unsettled unsettled)
      : sequence_(last_sequence), commit_(last_sequence + 1), unsettled_(unsettled) {}

  // Makes the op its slot's register. `replaced` is the register that was there, if any.
  // Ops that did not come from elsewhere become pending, and take the place of what they replace
  // there. A local one also takes that of what is set aside.
  void write(const Op& op, LogOrigin origin, const std::optional<Replaced>& replaced);

  // Puts an entry beside the ops, or erases one.
  void put_meta(std::string_view name, std::string value);
  void put(Keyspace keyspace, std::string key, std::string value);
  void erase(Keyspace keyspace, std::string key);
  void erase_outbox(std::uint64_t sequence);
  // Nothing happens if the server has never refused it.
  void erase_set_aside(std::uint64_t sequence);

  [[nodiscard]] std::uint64_t last_sequence() const { return sequence_; }
  // What it holds by now, but for the last entry of the log.
  [[nodiscard]] const StoreBatch& batch() const { return batch_; }
  [[nodiscard]] bool empty() const { return batch_.changes().empty() && log_.count() == 0; }

  // The batch to commit; the builder is spent.
  [[nodiscard]] StoreBatch finish();

 private:
  void flush_log();

  StoreBatch batch_;
  BatchEncoder log_;
  LogOrigin log_origin_ = LogOrigin::kLocal;
  std::uint64_t log_first_ = 0;
  std::uint64_t sequence_;
  std::uint64_t commit_;
  Unsettled unsettled_;
};

}  // namespace syncline::replica
