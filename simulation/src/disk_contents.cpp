#include "disk_contents.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include "syncline/batch.hpp"

namespace syncline::simulation {
namespace {

constexpr std::size_t kNumberBytes = 8;

std::uint64_t number_in(std::string_view bytes) {
  std::uint64_t number = 0;
  for (const char byte : bytes.substr(0, kNumberBytes))
    number = number << 8U | static_cast<unsigned char>(byte);
  return number;
}

std::optional<DiskContents::Slot> slot_in(std::string_view value) {
  constexpr std::size_t kStampAt = 1 + kNumberBytes;
  if (value.size() <= kStampAt + kStampBytes) return std::nullopt;
  const auto stamp = decode_stamp(value.substr(kStampAt, kStampBytes));
  if (!stamp) return std::nullopt;
  return DiskContents::Slot{number_in(value.substr(1)),
                            {*stamp, std::string(value.substr(kStampAt + kStampBytes))}};
}

// The slot's name stands behind what else a mark tells.
std::string slot_of_mark(std::string_view value) {
  const std::size_t at = 1 + kNumberBytes + (value.starts_with('\x02') ? kStampBytes : 0);
  return value.size() < at ? std::string() : std::string(value.substr(at));
}

DiskContents::LogEntry log_entry_in(std::string_view key, std::string_view value) {
  DiskContents::LogEntry entry{std::string(key), number_in(key), {}};
  const auto ops = value.size() < 2 ? std::nullopt : std::optional(decode_batch(value.substr(2)));
  if (!ops || !*ops) return entry;
  for (const DecodedOp& op : **ops) {
    if (op.op) entry.slots.push_back(op.op->key.bytes());
  }
  return entry;
}

}  // namespace

const DiskContents::LogEntry* DiskContents::logged(std::uint64_t sequence) const {
  const auto found = std::find_if(
      log.begin(), log.end(), [sequence](const LogEntry& entry) { return entry.has(sequence); });
  return found == log.end() ? nullptr : &*found;
}

DiskContents read_disk(const Store& store) {
  DiskContents contents;
  const auto snapshot = store.snapshot();
  for (std::size_t i = 0; i < kKeyspaceCount; ++i) {
    const auto cursor = (*snapshot)->cursor(static_cast<Keyspace>(i));
    for (auto standing = (*cursor)->seek({}); standing && *standing; standing = (*cursor)->next())
      contents.entries[i].emplace((*cursor)->key(), (*cursor)->value());
  }
  for (const auto& [key, value] : contents.of(Keyspace::kSlots)) {
    if (auto slot = slot_in(value)) contents.slots.emplace(key, std::move(*slot));
  }
  for (const auto& [key, value] : contents.of(Keyspace::kOutbox))
    contents.marks.emplace(number_in(key), slot_of_mark(value));
  for (const auto& [key, value] : contents.of(Keyspace::kLog))
    contents.log.push_back(log_entry_in(key, value));
  return contents;
}

}  // namespace syncline::simulation
