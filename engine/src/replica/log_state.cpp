#include "replica/log_state.hpp"

#include <algorithm>
#include <tuple>

#include "codec/bytes.hpp"
#include "replica/entries.hpp"

namespace syncline::replica {
namespace {

constexpr std::uint8_t kEntryVersion = 0x01;

// Times that are no further apart are one range; a clock that was set further away begins another.
constexpr std::uint64_t kRangeGapMs = 60'000;
constexpr std::size_t kRangesMax = 32;

std::uint64_t gap_ms(HybridTime from, HybridTime to) {
  return to <= from ? 0 : static_cast<std::uint64_t>(to.milliseconds() - from.milliseconds());
}

bool is_before(const TimeRange& a, const TimeRange& b) {
  return std::tuple(a.replica, a.first) < std::tuple(b.replica, b.first);
}

// Joins the neighbours of one replica that are no further apart than this.
void join_nearer_than(std::vector<TimeRange>& ranges, std::uint64_t gap) {
  std::vector<TimeRange> joined;
  for (const TimeRange& range : ranges) {
    if (!joined.empty() && joined.back().replica == range.replica &&
        gap_ms(joined.back().last, range.first) <= gap) {
      joined.back().last = std::max(joined.back().last, range.last);
    } else {
      joined.push_back(range);
    }
  }
  ranges = std::move(joined);
}

// The least gap between neighbours of one replica.
std::uint64_t least_gap(const std::vector<TimeRange>& ranges) {
  std::uint64_t least = ~std::uint64_t{0};
  for (std::size_t i = 1; i < ranges.size(); ++i) {
    if (ranges[i - 1].replica == ranges[i].replica)
      least = std::min(least, gap_ms(ranges[i - 1].last, ranges[i].first));
  }
  return least;
}

}  // namespace

std::string encode_log_state(const LogState& state) {
  std::string out{static_cast<char>(kEntryVersion)};
  for (const std::uint64_t number :
       {state.dropped, state.kept, state.next, state.end, state.current})
    codec::append_u64(out, number);
  for (const TimeRange& range : state.unconfirmed) {
    codec::append_u64(out, static_cast<std::uint64_t>(range.replica));
    codec::append_u64(out, range.first.packed());
    codec::append_u64(out, range.last.packed());
  }
  return out;
}

Result<LogState> decode_log_state(std::string_view bytes) {
  codec::Reader reader(bytes);
  LogState state;
  if (reader.take_u8() != kEntryVersion) return corrupt("entry", kLogStateName);
  for (std::uint64_t* number :
       {&state.dropped, &state.kept, &state.next, &state.end, &state.current}) {
    const auto taken = reader.take_u64();
    if (!taken) return corrupt("entry", kLogStateName);
    *number = *taken;
  }
  while (!reader.empty()) {
    const auto replica = reader.take_u64();
    const auto first = reader.take_u64();
    const auto last = reader.take_u64();
    const bool is_range = replica && *replica != 0 && first && last && *first <= *last;
    if (!is_range) return corrupt("entry", kLogStateName);
    state.unconfirmed.push_back({static_cast<ReplicaId>(*replica), HybridTime::from_packed(*first),
                                 HybridTime::from_packed(*last)});
    const std::size_t count = state.unconfirmed.size();
    if (count > 1 && !is_before(state.unconfirmed[count - 2], state.unconfirmed[count - 1]))
      return corrupt("entry", kLogStateName);
  }
  return state;
}

Result<LogState> read_log_state(const Snapshot& snapshot) {
  const auto entry = snapshot.get(Keyspace::kMeta, kLogStateName);
  if (!entry) return fail(entry.error());
  return *entry ? decode_log_state(**entry) : Result<LogState>(LogState{});
}

void note_dropped(std::vector<TimeRange>& ranges, const Stamp& stamp) {
  note_dropped(ranges, TimeRange{stamp.replica, stamp.time, stamp.time});
}

void note_dropped(std::vector<TimeRange>& ranges, const TimeRange& range) {
  ranges.insert(std::upper_bound(ranges.begin(), ranges.end(), range, is_before), range);
  join_nearer_than(ranges, kRangeGapMs);
  // A range of each replica stays, whatever their number.
  while (ranges.size() > kRangesMax && least_gap(ranges) != ~std::uint64_t{0})
    join_nearer_than(ranges, least_gap(ranges));
}

HybridTime last_dropped(const TimeRange& range, HybridTime most) {
  return range.first > most ? HybridTime() : std::min(range.last, most);
}

}  // namespace syncline::replica
