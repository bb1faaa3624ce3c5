#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "replica/entries.hpp"
#include "syncline/batch.hpp"

namespace syncline::replica {

// Which change of the log each slot holds, and which sequences the log has.
//
// Thread safety: none.
class LogFold {
 public:
  struct Winner {
    std::uint64_t sequence = 0;
    Stamp stamp;
    std::size_t value_hash = 0;
    LogOrigin origin = LogOrigin::kLocal;
  };
  using Winners = std::map<std::string, Winner, std::less<>>;

  // Takes the next entry of the log, in key order. Errors: store_corrupt, and then nothing changed.
  [[nodiscard]] Result<void> take(std::string_view key, std::string_view value);

  [[nodiscard]] const Winners& winners() const { return winners_; }
  // Whether the log has the change of this sequence.
  [[nodiscard]] bool has(std::uint64_t sequence) const;
  // Whether it has every change from the one to the other.
  [[nodiscard]] bool has_all(std::uint64_t first, std::uint64_t last) const;
  // The least sequence; 0 if the log is empty. What is below is not kept.
  [[nodiscard]] std::uint64_t first() const { return runs_.empty() ? 0 : runs_.front().first; }
  [[nodiscard]] std::uint64_t last() const { return runs_.empty() ? 0 : runs_.back().last; }
  [[nodiscard]] std::uint64_t ops() const { return ops_; }

 private:
  // Sequences without a gap.
  struct Run {
    std::uint64_t first;
    std::uint64_t last;
  };

  // The run that a sequence lies in, or null.
  [[nodiscard]] const Run* run_of(std::uint64_t sequence) const;

  Winners winners_;
  std::vector<Run> runs_;
  std::uint64_t ops_ = 0;
};

[[nodiscard]] std::size_t hash_of(std::string_view value);

}  // namespace syncline::replica
