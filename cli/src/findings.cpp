#include "findings.hpp"

#include <array>
#include <map>
#include <utility>

#include "output.hpp"
#include "syncline/kept_aside.hpp"
#include "syncline/limits.hpp"
#include "syncline/mistyped.hpp"
#include "syncline/repair.hpp"
#include "times.hpp"
#include "token_file.hpp"

namespace syncline::cli {
namespace {

constexpr std::string_view kRepair = "`doctor --repair` keeps a copy of the file and repairs this.";

// In plain words what a kind of fault means.
std::string_view meaning_of(FaultKind kind) {
  constexpr std::array<std::string_view, kFaultKindCount> kMeanings = {
      "A stored entry was damaged, by the disk or by memory: its checksum does not match.",
      "A stored entry is not of the form that this version writes.",
      "A record holds a change that the log of changes has lost.",
      "A record does not hold what the log of changes says.",
      "A part of a record that the log of changes knows is gone.",
      "The note that a change is still to be sent does not fit the change.",
      "An entry is missing without which the database cannot be opened.",
      "The database does not know of its own last changes.",
      "An order in which records are listed does not fit the records."};
  return kMeanings.at(static_cast<std::size_t>(kind));
}

void find_faults(const Checkup& checkup, std::vector<Finding>& findings) {
  if (!checkup.pages.empty()) {
    findings.push_back(
        {Level::kFault, "damaged_pages",
         "The file itself is damaged: " +
             counted(checkup.pages.size(), "fault in its pages", "faults in its pages") +
             ", the first: " + checkup.pages.front().what + ".",
         checkup.pages.front().is_total_loss
             ? "Nothing of it can be read, so that there is nothing to repair. `restore` makes a "
               "database of a backup, in another folder or when this one is moved away."
             : "Restore a backup if there is one. Else `doctor --repair` keeps the file as "
               "it is and makes a new one of what can be read."});
  }
  FaultGroups groups;
  for (const StoreFault& fault : checkup.entries) {
    if (!groups.shows(fault)) continue;
    findings.push_back(
        {Level::kFault, std::string(fault_kind_name(fault.kind)),
         std::string(meaning_of(fault.kind)) + " (" + place_of(fault) + ": " + fault.what + ")",
         std::string(kRepair)});
  }
  for (const auto& [group, count] : groups.left_out()) {
    const auto& [kind, keyspace] = group;
    findings.push_back({Level::kFault, std::string(fault_kind_name(kind)),
                        counted(count, "more fault") + " of this kind, also in " +
                            std::string(keyspace_name(keyspace)) + ".",
                        std::string(kRepair)});
  }
}

void find_clock(const Verification& found, WallClock& wall, std::vector<Finding>& findings) {
  const std::int64_t ahead_ms = found.clock_ms - (wall.now_ms() + found.clock_offset_ms);
  if (ahead_ms > kDriftMaxMs) {
    findings.push_back(
        {Level::kWarning, "clock_ahead",
         "The last change is of " + time_text(found.clock_ms) +
             ", which this device's clock puts " + std::to_string(ahead_ms / 1000) +
             " seconds into the future.",
         "Set the clock right. What was not sent yet is stamped anew by the next sync."});
  }
  if (found.clock_offset_ms != 0) {
    findings.push_back({Level::kNote, "clock_corrected",
                        "The server's time is " + std::to_string(found.clock_offset_ms / 1000) +
                            " seconds from this device's clock, which is corrected by that.",
                        "Set the clock right."});
  }
}

void find_space(const StoreUsage& usage, std::vector<Finding>& findings) {
  constexpr std::uint64_t kWorthGivingBack = std::uint64_t{1} << 20;
  const std::uint64_t free_bytes =
      usage.file_bytes > usage.used_bytes ? usage.file_bytes - usage.used_bytes : 0;
  if (usage.used_bytes > usage.map_bytes_max / 10 * 9) {
    findings.push_back({Level::kWarning, "nearly_full",
                        std::to_string(usage.used_bytes) + " bytes of the " +
                            std::to_string(usage.map_bytes_max) +
                            " that the database may grow to are in use.",
                        "The app has to allow more (map_bytes_max), or to delete records."});
  }
  if (free_bytes > kWorthGivingBack && free_bytes > usage.file_bytes / 2) {
    findings.push_back({Level::kNote, "free_space",
                        std::to_string(free_bytes) + " bytes of the file are free.",
                        "`compact` gives them back."});
  }
  if (usage.dead_readers > 0) {
    findings.push_back({Level::kNote,
                        "dead_readers",
                        counted(usage.dead_readers, "process was", "processes were") +
                            " killed while reading, and kept the file from using free space again. "
                            "That is over now: looking at the database has forgotten them.",
                        {}});
  }
}

void find_unchecked(const Verification& found, std::vector<Finding>& findings) {
  std::string what = unchecked_text(found);
  if (what.empty()) return;
  findings.push_back({Level::kNote, "unchecked", std::move(what),
                      "`verify` checks them once the other faults are repaired."});
}

// What repairs have kept as it was.
Result<void> find_lost(const Store& store, std::vector<Finding>& findings) {
  std::uint64_t count = 0;
  LostEntry first;
  Result<void> read = read_lost_entries(store, [&](const LostEntry& lost) {
    if (count++ == 0) first = lost;
    return true;
  });
  // One that is damaged has been told as a fault.
  if (!read && read.error().code != Code::kStoreCorrupt) return read;
  if (count == 0) return {};
  findings.push_back({Level::kNote, "lost_entries",
                      counted(count, "entry", "entries") +
                          " could not be explained by a repair, and " +
                          (count == 1 ? "is" : "are") + " kept as before, the first of " +
                          std::string(keyspace_name(first.keyspace)) + " as " + first.name + ".",
                      "A later version may be able to read them. They are in every backup."});
  return {};
}

std::string_view meaning_of(const AsideOp& kept) {
  if (kept.id.kind == AsideKind::kSetAside) return "that the server refuses for good";
  if (kept.code == Code::kStampInFuture)
    return "that arrived from the future and wait for their time";
  return "that arrived and cannot be merged";
}

Result<void> find_kept_aside(const Store& store, std::vector<Finding>& findings) {
  struct Kept {
    std::uint64_t count = 0;
    AsideOp first;
  };
  std::map<std::pair<AsideKind, Code>, Kept> kinds;
  Result<void> read = read_kept_aside(store, [&kinds](const AsideOp& kept) {
    Kept& kind = kinds[{kept.id.kind, kept.code}];
    if (kind.count++ == 0) kind.first = kept;
    return true;
  });
  if (!read) return read;
  for (const auto& [key, kind] : kinds) {
    const std::optional<Op>& first = kind.first.op;
    const std::string example = first ? ", the first of " + std::string(first->key.collection()) +
                                            " " + std::string(first->key.record()) + " " +
                                            std::string(first->key.field())
                                      : std::string();
    const bool sent = kind.first.id.kind == AsideKind::kSetAside;
    findings.push_back({Level::kNote, sent ? "set_aside" : "quarantine",
                        "There are " + counted(kind.count, "change") + " " +
                            std::string(meaning_of(kind.first)) + " (" +
                            std::string(code_name(kind.first.code)) + ")" + example + ".",
                        sent ? "They stay on this device. `aside retry` offers them once more; "
                               "writing the field again sends what is written then."
                             : "They are kept, and `aside` shows them. Those from the future are "
                               "merged by themselves, others by a version that can read them."});
  }
  return {};
}

Result<void> find_mistyped(const Store& store, std::vector<Finding>& findings) {
  struct Kind {
    std::uint64_t count = 0;
    Mistyped first;
  };
  std::map<std::pair<std::string, std::string>, Kind> kinds;
  Result<void> read = read_mistyped(store, [&kinds](const Mistyped& found) {
    Kind& kind = kinds[{found.collection, found.field}];
    if (kind.count++ == 0) kind.first = found;
    return true;
  });
  if (!read) return read;
  for (const auto& [field, kind] : kinds) {
    const Mistyped& first = kind.first;
    findings.push_back(
        {Level::kNote, "mistyped",
         counted(kind.count, "value") + " of " + first.collection + " " + first.field +
             (kind.count == 1 ? " is" : " are") + " not of the declared type " +
             std::string(type_name(first.declared)) + ", the first in " + first.record + ".",
         "They are kept as they are; another device may have another schema. Writing the field "
         "again replaces a value."});
  }
  return {};
}

void find_account(const Context& context, std::vector<Finding>& findings) {
  const auto account = TokenFile(context.data).load_account();
  if (account) return;
  findings.push_back({Level::kWarning, "account", account.error().message + ".",
                      "`account login` writes it anew; no record is in it. Until then nothing is "
                      "synced."});
}

}  // namespace

std::string_view level_name(Level level) {
  return level == Level::kFault ? "fault" : level == Level::kWarning ? "warning" : "note";
}

Finding explain(const Error& error) {
  Finding finding{Level::kFault, std::string(code_name(error.code)), error.message + ".", {}};
  switch (error.code) {
    case Code::kStoreMissing:
      finding.remedy =
          "`init` makes a database, `restore` one of a backup. If there should be one, "
          "look at --data.";
      break;
    case Code::kStoreFormatUnsupported:
      finding.remedy =
          "It was written by another version, or by another program. A newer version "
          "of this command may read it; nothing was changed.";
      break;
    case Code::kStoreLocked:
      finding.remedy =
          "Wait until that process is done, or end it; `sync watch` is at it until it is "
          "interrupted. The lock ends with the process.";
      break;
    case Code::kStoreFull:
      finding.remedy = "Make room on the disk.";
      break;
    case Code::kStoreCorrupt:
      finding.remedy =
          "Restore a backup if there is one. Else `doctor --repair` keeps the file as it "
          "is and makes a new one of what can be read.";
      break;
    default:
      finding.remedy = "Look at the rights of the files, and whether the disk is sound.";
  }
  return finding;
}

Result<std::vector<Finding>> find(const Context& context, const Checkup& checkup, WallClock& wall) {
  std::vector<Finding> findings;
  find_faults(checkup, findings);
  for (const auto& path : lmdb_leftovers(context.data)) {
    findings.push_back({Level::kNote, "leftover",
                        path.string() + " was left by a restore, a repair or a compaction that was "
                                        "interrupted, or that is under way. It is not needed.",
                        "`doctor --repair` removes it."});
  }
  find_account(context, findings);
  if (checkup.verification) find_unchecked(*checkup.verification, findings);
  if (checkup.verification) find_clock(*checkup.verification, wall, findings);
  if (checkup.usage) find_space(*checkup.usage, findings);
  if (checkup.store) {
    if (auto found = find_kept_aside(*checkup.store, findings); !found) return fail(found.error());
    if (auto found = find_lost(*checkup.store, findings); !found) return fail(found.error());
    if (auto found = find_mistyped(*checkup.store, findings); !found) return fail(found.error());
  }
  return findings;
}

}  // namespace syncline::cli
