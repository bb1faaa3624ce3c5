#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "tests/storage/faulty_disk.hpp"

namespace syncline::test {

// What a file may hold after the power went, by the record of what was asked of its disk. The call
// before the crash is still under way. A write is on the disk when a sync after it has completed,
// or when it was a synced one and has completed itself. Of the others any sectors may have arrived,
// in any order; and the file may have grown to where they end whether they arrived or not.
class PowerLoss {
 public:
  // `trace` is borrowed; the crash comes after this many calls.
  PowerLoss(const std::vector<DiskCall>& trace, std::size_t calls) {
    for (std::size_t i = 0; i < calls; ++i) {
      const DiskCall& call = trace[i];
      const bool complete = i + 1 < calls;
      switch (call.kind) {
        case DiskCall::Kind::kMark:
          ++marks_;
          break;
        case DiskCall::Kind::kTruncate:
        case DiskCall::Kind::kSync:
          if (complete) settle();
          if (call.kind == DiskCall::Kind::kTruncate) durable_.resize(call.offset);
          break;
        case DiskCall::Kind::kWrite:
          if (call.synced && complete) {
            apply(durable_, call.offset, call.bytes);
          } else {
            pending_.push_back(&call);
          }
      }
    }
  }

  // The marks that were set before the crash.
  [[nodiscard]] std::size_t marks() const { return marks_; }
  [[nodiscard]] std::size_t pending() const { return pending_.size(); }

  [[nodiscard]] std::string with_nothing() const { return durable_; }
  [[nodiscard]] std::string with_all(bool reversed) const {
    std::vector<const DiskCall*> order = pending_;
    if (reversed) std::reverse(order.begin(), order.end());
    std::string file = durable_;
    for (const DiskCall* call : order) apply(file, call->offset, call->bytes);
    return file;
  }
  [[nodiscard]] std::string with_only(std::size_t number) const {
    std::string file = durable_;
    apply(file, pending_[number]->offset, pending_[number]->bytes);
    return file;
  }
  [[nodiscard]] std::string with_all_but(std::size_t number) const {
    std::string file = durable_;
    for (const DiskCall* call : pending_) {
      if (call != pending_[number]) apply(file, call->offset, call->bytes);
    }
    return file;
  }
  // Any of the writes, whole, in any order.
  [[nodiscard]] std::string with_some(std::mt19937_64& random) const {
    std::vector<Piece> pieces;
    for (const DiskCall* call : pending_) pieces.push_back({call->offset, call->bytes});
    return with_some_of(std::move(pieces), random);
  }
  // Any of their sectors, in any order.
  [[nodiscard]] std::string torn(std::mt19937_64& random) const {
    std::vector<Piece> pieces;
    for (const DiskCall* call : pending_) {
      for (std::size_t at = 0; at < call->bytes.size();) {
        const std::uint64_t offset = call->offset + at;
        const std::size_t size =
            std::min<std::size_t>(kSectorBytes - offset % kSectorBytes, call->bytes.size() - at);
        pieces.push_back({offset, call->bytes.substr(at, size)});
        at += size;
      }
    }
    return with_some_of(std::move(pieces), random);
  }

 private:
  struct Piece {
    std::uint64_t offset;
    std::string bytes;
  };

  static void apply(std::string& file, std::uint64_t offset, const std::string& bytes) {
    if (file.size() < offset + bytes.size()) file.resize(offset + bytes.size());
    file.replace(offset, bytes.size(), bytes);
  }
  void settle() {
    for (const DiskCall* call : pending_) apply(durable_, call->offset, call->bytes);
    pending_.clear();
  }
  [[nodiscard]] std::string with_some_of(std::vector<Piece> pieces, std::mt19937_64& random) const {
    std::string file = durable_;
    if (random() % 2 == 0) file.resize(with_all(false).size());
    std::shuffle(pieces.begin(), pieces.end(), random);
    for (const Piece& piece : pieces) {
      if (random() % 2 == 0) apply(file, piece.offset, piece.bytes);
    }
    return file;
  }

  std::string durable_;
  std::vector<const DiskCall*> pending_;
  std::size_t marks_ = 0;
};

}  // namespace syncline::test
