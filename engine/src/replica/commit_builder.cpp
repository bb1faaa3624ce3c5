#include "replica/commit_builder.hpp"

#include <utility>

#include "syncline/limits.hpp"

namespace syncline::replica {

void CommitBuilder::write(const Op& op, LogOrigin origin, const std::optional<Replaced>& replaced) {
  // Headroom for one more op, whatever it holds, keeps an entry within what decode_batch accepts.
  constexpr std::size_t kOpBytesMax = kValueBytesMax + 1024;
  const bool full =
      log_.count() >= kBatchOpsMax || log_.size_bytes() + kOpBytesMax > kBatchBytesMax;
  if (log_.count() > 0 && (full || origin != log_origin_)) flush_log();
  ++sequence_;
  if (log_.count() == 0) {
    log_first_ = sequence_;
    log_origin_ = origin;
  }
  log_.add(op);
  batch_.put(Keyspace::kSlots, op.key.bytes(), encode_slot({sequence_, op.stamp, op.value}));
  if (replaced && unsettled_.outbox_first && replaced->sequence >= *unsettled_.outbox_first)
    erase_outbox(replaced->sequence);
  if (replaced && origin != LogOrigin::kRemote) erase_set_aside(replaced->sequence);
  if (origin != LogOrigin::kRemote) {
    batch_.append(Keyspace::kOutbox, sequence_key(sequence_),
                  encode_outbox({commit_, op.key.bytes(), replaced ? replaced->base : Stamp{}}));
  }
}

void CommitBuilder::put_meta(std::string_view name, std::string value) {
  batch_.put(Keyspace::kMeta, std::string(name), std::move(value));
}

void CommitBuilder::put(Keyspace keyspace, std::string key, std::string value) {
  batch_.put(keyspace, std::move(key), std::move(value));
}

void CommitBuilder::erase(Keyspace keyspace, std::string key) {
  batch_.erase(keyspace, std::move(key));
}

void CommitBuilder::erase_outbox(std::uint64_t sequence) {
  erase(Keyspace::kOutbox, sequence_key(sequence));
}

void CommitBuilder::erase_set_aside(std::uint64_t sequence) {
  if (!unsettled_.set_aside_first || sequence < *unsettled_.set_aside_first) return;
  erase(Keyspace::kSetAside, sequence_key(sequence));
}

StoreBatch CommitBuilder::finish() {
  flush_log();
  return std::move(batch_);
}

void CommitBuilder::flush_log() {
  if (log_.count() == 0) return;
  batch_.append(Keyspace::kLog, sequence_key(log_first_), encode_log({log_origin_, log_.finish()}));
}

}  // namespace syncline::replica
