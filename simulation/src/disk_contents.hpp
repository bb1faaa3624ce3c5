#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "ledger.hpp"
#include "syncline/store.hpp"

namespace syncline::simulation {

// What a device's disk holds, by a plain reading of spec/op-format.md (What is stored).
struct DiskContents {
  struct Slot {
    std::uint64_t sequence = 0;
    Register held;

    bool operator==(const Slot&) const = default;
  };
  struct LogEntry {
    std::string key;
    std::uint64_t first = 0;
    std::vector<std::string> slots;  // of its ops, in order

    [[nodiscard]] bool has(std::uint64_t sequence) const {
      return sequence >= first && sequence - first < slots.size();
    }
  };
  using Entries = std::map<std::string, std::string>;

  std::array<Entries, kKeyspaceCount> entries;  // as they are
  std::map<std::string, Slot> slots;
  std::map<std::uint64_t, std::string> marks;  // the slot of each pending op
  std::vector<LogEntry> log;

  [[nodiscard]] const Entries& of(Keyspace keyspace) const {
    return entries.at(static_cast<std::size_t>(keyspace));
  }
  // The entry of the log that has the op of this sequence, or null.
  [[nodiscard]] const LogEntry* logged(std::uint64_t sequence) const;
};

// Entries that are not of their form are only in `entries`.
[[nodiscard]] DiskContents read_disk(const Store& store);

}  // namespace syncline::simulation
