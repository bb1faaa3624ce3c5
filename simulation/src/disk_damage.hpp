#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "damaged_disk.hpp"
#include "disk_contents.hpp"
#include "syncline/simulation/random.hpp"

namespace syncline::simulation {

// What is done to one entry of a disk.
enum class Harm : std::uint8_t {
  kUnreadable,  // it fails its checksum
  kFlipped,     // a bit of its first byte is another
  kCut,         // most of it is missing
  kChanged,     // it is well formed and not what was written
  kGone,
  kAdded,  // it is one that nobody wrote
};

// What is done to a disk at once, and what a repair can do about it.
struct DiskDamage {
  struct Entry {
    Keyspace keyspace = Keyspace::kMeta;
    std::string key;
    Harm harm = Harm::kUnreadable;
    std::string value{};  // of what is added or changed
  };

  std::vector<Entry> entries;
  std::set<std::string> lost;     // slots whose last change is left in no copy
  std::set<std::string> offered;  // slots that may be pending afterwards and were not before
  std::set<std::string> unsure;   // slots of which no one knows any more what they had replaced
  // Marks are gone without a trace, and whoever repairs says so.
  bool is_traceless = false;
  // Something is gone that only a server can bring back, as far as the repair can tell.
  bool may_be_lost = false;

  [[nodiscard]] bool hits(Keyspace keyspace, const std::string& key) const;
};

// What is known of the disk when the damage is drawn.
struct DamageLimits {
  // Whether every index is built, so that what it lacks is a fault.
  bool are_indexes_built = false;
  // Whether the world stays exact when no copy of the slot's last change is left here.
  std::function<bool(const std::string& slot, const DiskContents::Slot& held)> may_lose;
};

// Draws one to three things that happen to a disk at once. Of a write that may not be lost one copy
// is left.
[[nodiscard]] DiskDamage draw_damage(const DiskContents& disk, const DamageLimits& limits,
                                     SeededRandom& random);
void inflict(const DiskDamage& damage, const DiskContents& before, DamagedDisk& disk);

// For the trace.
[[nodiscard]] std::string describe(const DiskDamage& damage);

}  // namespace syncline::simulation
