#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "replica/entries.hpp"
#include "syncline/batch.hpp"
#include "syncline/store.hpp"

namespace syncline::replica {

// Gathers the ops of one commit and what they do to the keyspaces: the log, the slots and the
// outbox always move together.
//
// Thread safety: none.
class CommitBuilder {
 public:
  // `last_sequence` is the last one used. `outbox_first` is the least sequence in the outbox, or
  // nothing when it is empty: what lies before it needs no erasing.
  CommitBuilder(std::uint64_t last_sequence, std::optional<std::uint64_t> outbox_first)
      : sequence_(last_sequence), commit_(last_sequence + 1), outbox_first_(outbox_first) {}

  // Makes the op its slot's register. `replaced` is the sequence of the register that was there.
  // Ops that did not come from elsewhere become pending.
  void write(const Op& op, LogOrigin origin, std::optional<std::uint64_t> replaced);

  // Puts an entry beside the ops, or erases one.
  void put_meta(std::string_view name, std::string value);
  void put(Keyspace keyspace, std::string key, std::string value);
  void erase(Keyspace keyspace, std::string key);
  void erase_outbox(std::uint64_t sequence);

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
  std::optional<std::uint64_t> outbox_first_;
};

}  // namespace syncline::replica
