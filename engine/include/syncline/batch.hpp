#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "syncline/error.hpp"
#include "syncline/slot.hpp"
#include "syncline/stamp.hpp"

namespace syncline {

// One register for one slot. `value` is an encoded register-value: a value, or kTombstone.
struct Op {
  SlotKey key;
  Stamp stamp;
  std::string value;

  bool operator==(const Op&) const = default;
};

// Joins ops into a batch one by one (spec/op-format.md).
//
// Thread safety: none.
class BatchEncoder {
 public:
  void add(const Op& op);
  [[nodiscard]] std::size_t count() const { return count_; }
  // The size of the batch if it ended here.
  [[nodiscard]] std::size_t size_bytes() const;
  // The batch; the encoder is empty afterwards.
  [[nodiscard]] std::string finish();

 private:
  std::string body_;
  std::size_t count_ = 0;
  std::optional<SlotKey> previous_key_;
  Stamp previous_stamp_;
};

// The batch of these ops. The caller keeps within kBatchOpsMax and kBatchBytesMax.
[[nodiscard]] std::string encode_batch(std::span<const Op> ops);

// An op of a batch whose structure is sound: itself, or why it cannot be merged together with a
// batch of that op alone, as it came, to keep.
struct DecodedOp {
  std::optional<Op> op;
  std::optional<Error> error;
  std::string raw;
};

// Errors: batch_malformed, batch_too_large. A bad key or value is the error of its own op only.
// What it gives is bounded: raw ops repeat inherited names, which have at most kBatchNameBytesMax
// each.
[[nodiscard]] Result<std::vector<DecodedOp>> decode_batch(std::string_view batch);

// As decode_batch, for a batch that this engine wrote itself: any bad op fails it.
[[nodiscard]] Result<std::vector<Op>> decode_own_batch(std::string_view batch);

}  // namespace syncline
