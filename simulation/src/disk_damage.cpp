#include "disk_damage.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "syncline/verification.hpp"

namespace syncline::simulation {
namespace {

constexpr std::size_t kShortBytes = 9;  // no entry that is decoded is shorter, but those of indexes

std::string number_key(std::uint64_t number) {
  std::string key;
  for (int shift = 56; shift >= 0; shift -= 8) key.push_back(static_cast<char>(number >> shift));
  return key;
}

// What of a disk is damaged at once.
//
// Thread safety: none.
class Draw {
 public:
  Draw(const DiskContents& disk, const DamageLimits& limits, SeededRandom& random)
      : disk_(disk), limits_(limits), random_(random) {}

  DiskDamage run() {
    constexpr std::array<void (Draw::*)(), 10> kKinds = {
        &Draw::hit_slot,  &Draw::hit_log,  &Draw::hit_mark, &Draw::add_mark,   &Draw::hit_index,
        &Draw::add_aside, &Draw::hit_head, &Draw::hit_meta, &Draw::lose_write, &Draw::lose_marks};
    for (std::uint64_t left = 1 + random_.below(3); left > 0; --left)
      (this->*kKinds.at(random_.below(kKinds.size())))();
    return std::move(damage_);
  }

 private:
  template <typename Container>
  const auto* one_of(const Container& all) {
    if (all.empty()) return static_cast<const typename Container::value_type*>(nullptr);
    return &*std::next(all.begin(), static_cast<std::ptrdiff_t>(random_.below(all.size())));
  }
  template <std::size_t kCount>
  Harm one_of(const std::array<Harm, kCount>& harms) {
    return harms.at(random_.below(kCount));
  }

  void hit(Keyspace keyspace, std::string key, Harm harm, std::string value = {}) {
    if (damage_.hits(keyspace, key)) return;
    damage_.entries.push_back({keyspace, std::move(key), harm, std::move(value)});
  }

  // Whether the log has the change that the slot holds, and will have it.
  bool is_left_in_log(const DiskContents::Slot& slot) const {
    const auto* entry = disk_.logged(slot.sequence);
    return entry != nullptr && !damage_.hits(Keyspace::kLog, entry->key);
  }
  bool is_left_in_slots(const DiskContents::LogEntry& entry) const {
    return std::none_of(entry.slots.begin(), entry.slots.end(), [this](const std::string& slot) {
      return damage_.hits(Keyspace::kSlots, slot);
    });
  }

  void hit_slot() {
    const auto* drawn = one_of(disk_.slots);
    if (drawn == nullptr || !is_left_in_log(drawn->second)) return;
    const Harm harm = one_of(
        std::array{Harm::kUnreadable, Harm::kFlipped, Harm::kCut, Harm::kChanged, Harm::kGone});
    // Another register under the same sequence.
    constexpr std::size_t kCounterAt = 16;
    std::string value = disk_.of(Keyspace::kSlots).at(drawn->first);
    value[kCounterAt] = static_cast<char>(value[kCounterAt] ^ 1);
    hit(Keyspace::kSlots, drawn->first, harm, std::move(value));
  }

  void hit_log() {
    const auto* drawn = one_of(disk_.log);
    if (drawn == nullptr || drawn->slots.empty() || !is_left_in_slots(*drawn)) return;
    // Of a log that begins later nothing tells that it began earlier.
    const bool is_first = drawn->key == disk_.log.front().key;
    const Harm harm =
        one_of(std::array{Harm::kUnreadable, Harm::kFlipped, Harm::kCut, Harm::kGone});
    hit(Keyspace::kLog, drawn->key, is_first && harm == Harm::kGone ? Harm::kCut : harm);
  }

  void hit_mark() {
    const auto* drawn = one_of(disk_.marks);
    if (drawn == nullptr) return;
    damage_.unsure.insert(drawn->second);
    hit(Keyspace::kOutbox, number_key(drawn->first),
        one_of(std::array{Harm::kUnreadable, Harm::kFlipped, Harm::kCut}));
  }

  void add_mark() {
    const auto* drawn = one_of(disk_.slots);
    if (drawn == nullptr) return;
    const std::uint64_t sequence = drawn->second.sequence - 1;
    const bool is_held =
        std::any_of(disk_.slots.begin(), disk_.slots.end(),
                    [sequence](const auto& slot) { return slot.second.sequence == sequence; });
    if (sequence == 0 || is_held) return;
    damage_.offered.insert(drawn->first);
    const std::string key = number_key(sequence);
    hit(Keyspace::kOutbox, key, Harm::kAdded, '\x01' + key + drawn->first);
  }

  void hit_index() {
    const auto* drawn = one_of(disk_.of(Keyspace::kIndexes));
    if (drawn == nullptr) return;
    if (!limits_.are_indexes_built)
      return hit(Keyspace::kIndexes, drawn->first,
                 one_of(std::array{Harm::kUnreadable, Harm::kCut}));
    const Harm harm = one_of(
        std::array{Harm::kUnreadable, Harm::kFlipped, Harm::kCut, Harm::kGone, Harm::kAdded});
    hit(Keyspace::kIndexes, harm == Harm::kAdded ? drawn->first + "x" : drawn->first, harm,
        drawn->second);
  }

  // What was kept aside by another version, or is damaged.
  void add_aside() {
    constexpr std::uint64_t kBehindAll = std::uint64_t{1} << 60U;
    const Keyspace keyspace = random_.below(2) == 0 ? Keyspace::kQuarantine : Keyspace::kSetAside;
    damage_.may_be_lost = true;
    hit(keyspace, number_key(kBehindAll + random_.below(4)),
        random_.below(4) == 0 ? Harm::kUnreadable : Harm::kAdded,
        '\x7f' + std::string(1 + random_.below(40), 'x'));
  }

  void hit_head() {
    // The last sequence may be in no other place, and what others have seen is told by marks.
    if (!damage_.lost.empty() || damage_.is_traceless) return;
    hit(Keyspace::kMeta, "head",
        one_of(std::array{Harm::kUnreadable, Harm::kFlipped, Harm::kCut, Harm::kGone}));
  }

  void hit_meta() {
    constexpr std::array kNames{"progress", "memory", "fence", "log"};
    const std::string name = kNames.at(random_.below(kNames.size()));
    const Harm harm = one_of(std::array{Harm::kUnreadable, Harm::kFlipped, Harm::kCut});
    if (!disk_.of(Keyspace::kMeta).contains(name)) return;
    damage_.may_be_lost = damage_.may_be_lost || name != "log";
    hit(Keyspace::kMeta, name, harm);
  }

  // A slot, and the entry of the log that says the same.
  void lose_write() {
    const auto* drawn = one_of(disk_.slots);
    if (drawn == nullptr || !limits_.may_lose(drawn->first, drawn->second)) return;
    if (damage_.hits(Keyspace::kMeta, "head") || damage_.hits(Keyspace::kSlots, drawn->first))
      return;
    const auto* entry = disk_.logged(drawn->second.sequence);
    if (entry == nullptr || !is_left_in_slots(*entry)) return;
    constexpr std::array kHarms{Harm::kUnreadable, Harm::kFlipped, Harm::kCut};
    hit(Keyspace::kLog, entry->key, one_of(kHarms));
    hit(Keyspace::kSlots, drawn->first, one_of(kHarms));
    damage_.lost.insert(drawn->first);
    damage_.offered.insert(drawn->first);
    damage_.may_be_lost = true;
  }

  void lose_marks() {
    const auto* drawn = one_of(disk_.marks);
    if (drawn == nullptr || damage_.hits(Keyspace::kMeta, "head")) return;
    damage_.is_traceless = true;
    damage_.may_be_lost = true;
    damage_.unsure.insert(drawn->second);
    hit(Keyspace::kOutbox, number_key(drawn->first), Harm::kGone);
  }

  const DiskContents& disk_;
  const DamageLimits& limits_;
  SeededRandom& random_;
  DiskDamage damage_;
};

}  // namespace

bool DiskDamage::hits(Keyspace keyspace, const std::string& key) const {
  return std::any_of(entries.begin(), entries.end(), [&](const Entry& entry) {
    return entry.keyspace == keyspace && entry.key == key;
  });
}

DiskDamage draw_damage(const DiskContents& disk, const DamageLimits& limits, SeededRandom& random) {
  return Draw(disk, limits, random).run();
}

void inflict(const DiskDamage& damage, const DiskContents& before, DamagedDisk& disk) {
  StoreBatch batch;
  for (const DiskDamage::Entry& entry : damage.entries) {
    const auto& entries = before.of(entry.keyspace);
    const auto found = entries.find(entry.key);
    std::string value = found == entries.end() ? entry.value : found->second;
    switch (entry.harm) {
      case Harm::kGone:
        batch.erase(entry.keyspace, entry.key);
        continue;
      case Harm::kFlipped:
        value.front() = static_cast<char>(value.front() ^ '\x40');
        break;
      case Harm::kCut:
        value.resize(std::min(value.size(), kShortBytes) - 1);
        break;
      case Harm::kChanged:
        value = entry.value;
        break;
      default:
        break;
    }
    batch.put(entry.keyspace, entry.key, std::move(value));
  }
  static_cast<void>(disk.commit(batch));
  for (const DiskDamage::Entry& entry : damage.entries) {
    if (entry.harm == Harm::kUnreadable) disk.make_unreadable(entry.keyspace, entry.key);
  }
}

std::string describe(const DiskDamage& damage) {
  constexpr std::array kHarms{"unreadable", "flipped", "cut", "changed", "gone", "added"};
  std::string text;
  for (const DiskDamage::Entry& entry : damage.entries) {
    text += (text.empty() ? "an entry of " : ", one of ") +
            std::string(keyspace_name(entry.keyspace)) + " is " +
            kHarms.at(static_cast<std::size_t>(entry.harm));
  }
  return text.empty() ? "nothing is damaged" : text;
}

}  // namespace syncline::simulation
