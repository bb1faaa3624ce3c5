#include "replica/log_fold.hpp"

#include <algorithm>
#include <utility>

namespace syncline::replica {

std::size_t hash_of(std::string_view value) { return std::hash<std::string_view>()(value); }

Result<void> LogFold::take(std::string_view key, std::string_view value) {
  const auto first = parse_sequence_key(key);
  const auto entry = decode_log(value, key);
  if (!first || *first == 0 || *first <= last() || !entry) return corrupt("log entry", key);
  const auto ops = decode_own_batch(entry->batch);
  if (!ops || ops->empty()) return corrupt("log entry", std::to_string(*first));
  // A change is only logged when it replaces what its slot holds. So of two with one stamp, whose
  // values would have to be compared, the later has won.
  std::uint64_t sequence = *first;
  for (const Op& op : *ops) {
    const Winner next{sequence++, op.stamp, hash_of(op.value), entry->origin};
    const auto [slot, is_new] = winners_.try_emplace(op.key.bytes(), next);
    if (!is_new && (entry->origin == LogOrigin::kRestamped || op.stamp >= slot->second.stamp)) {
      slot->second = next;
    }
  }
  const std::uint64_t last_sequence = sequence - 1;
  if (!runs_.empty() && runs_.back().last + 1 == *first) {
    runs_.back().last = last_sequence;
  } else {
    runs_.push_back({*first, last_sequence});
  }
  ops_ += ops->size();
  return {};
}

bool LogFold::has(std::uint64_t sequence) const { return run_of(sequence) != nullptr; }

bool LogFold::has_all(std::uint64_t first, std::uint64_t last) const {
  const Run* run = run_of(first);
  return run != nullptr && last <= run->last;
}

const LogFold::Run* LogFold::run_of(std::uint64_t sequence) const {
  const auto behind =
      std::upper_bound(runs_.begin(), runs_.end(), sequence,
                       [](std::uint64_t wanted, const Run& run) { return wanted < run.first; });
  if (behind == runs_.begin()) return nullptr;
  const Run& run = *std::prev(behind);
  return sequence <= run.last ? &run : nullptr;
}

}  // namespace syncline::replica
