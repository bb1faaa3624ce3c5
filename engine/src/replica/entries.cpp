#include "replica/entries.hpp"

#include <algorithm>
#include <utility>

#include "codec/bytes.hpp"
#include "syncline/limits.hpp"

namespace syncline::replica {
namespace {

using codec::Reader;

constexpr char kEntryVersion = 0x01;

// Flags of the memory entry.
constexpr unsigned kEnabledFlag = 0x01;
constexpr unsigned kCompleteFlag = 0x02;
constexpr unsigned kErrorFlag = 0x04;
constexpr unsigned kMemoryFlags = kEnabledFlag | kCompleteFlag | kErrorFlag;

std::string new_entry() { return {kEntryVersion}; }

// The format bytes of an outbox entry with a base, and of an op put aside with its place in time or
// with a base.
constexpr char kOutboxWithBase = 2;
constexpr char kAsideWithPlace = 2;
constexpr char kAsideWithBase = 3;

std::optional<char> take_format(Reader& reader) {
  const auto format = reader.take_u8();
  if (!format) return std::nullopt;
  return static_cast<char>(*format);
}

bool take_version(Reader& reader) { return take_format(reader) == kEntryVersion; }

// Zero is no base.
std::optional<Stamp> take_base(Reader& reader) {
  const auto bytes = reader.take(kStampBytes);
  if (!bytes) return std::nullopt;
  const Stamp base = *decode_stamp(*bytes);
  if (base == Stamp{}) return std::nullopt;
  return base;
}

std::string printable(std::string_view key) {
  std::string text(key);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, '/');
  return text;
}

}  // namespace

tl::unexpected<Error> corrupt(std::string_view what, std::string_view key) {
  return fail(Code::kStoreCorrupt,
              "the stored " + std::string(what) + " \"" + printable(key) + "\" cannot be decoded");
}

std::string sequence_key(std::uint64_t sequence) {
  std::string key;
  codec::append_u64(key, sequence);
  return key;
}

std::optional<std::uint64_t> parse_sequence_key(std::string_view key) {
  Reader reader(key);
  const auto sequence = reader.take_u64();
  return reader.empty() ? sequence : std::nullopt;
}

std::string encode_id(ReplicaId id) {
  std::string bytes;
  codec::append_u64(bytes, static_cast<std::uint64_t>(id));
  return bytes;
}

Result<ReplicaId> decode_id(std::string_view bytes) {
  Reader reader(bytes);
  const auto bits = reader.take_u64();
  if (!bits || !reader.empty() || *bits == 0) return corrupt("entry", kReplicaName);
  return static_cast<ReplicaId>(*bits);
}

std::string encode_head(const Head& head) {
  std::string out = new_entry();
  codec::append_u64(out, head.clock.last.packed());
  codec::append_u64(out, head.clock.confirmed.packed());
  codec::append_u64(out, static_cast<std::uint64_t>(head.clock.offset_ms));
  codec::append_u64(out, head.sequence);
  return out;
}

Result<Head> decode_head(std::string_view bytes) {
  Reader reader(bytes);
  if (!take_version(reader)) return corrupt("entry", kHeadName);
  const auto last = reader.take_u64();
  const auto confirmed = reader.take_u64();
  const auto offset = reader.take_u64();
  const auto sequence = reader.take_u64();
  if (!last || !confirmed || !offset || !sequence || !reader.empty())
    return corrupt("entry", kHeadName);
  return Head{{HybridTime::from_packed(*last), HybridTime::from_packed(*confirmed),
               static_cast<std::int64_t>(*offset)},
              *sequence};
}

std::string encode_ancestors(const Ancestors& ancestors) {
  std::string out = new_entry();
  for (const Ancestor& ancestor : ancestors) {
    codec::append_u64(out, static_cast<std::uint64_t>(ancestor.replica));
    codec::append_u64(out, ancestor.confirmed.packed());
    codec::append_u64(out, ancestor.fence);
  }
  return out;
}

Result<Ancestors> decode_ancestors(std::string_view bytes) {
  Reader reader(bytes);
  if (!take_version(reader)) return corrupt("entry", kAncestorsName);
  Ancestors ancestors;
  while (!reader.empty()) {
    const auto replica = reader.take_u64();
    const auto confirmed = reader.take_u64();
    const auto fence = reader.take_u64();
    const bool is_fence = fence && (*fence <= kFenceMax || *fence == kFenceOutdated);
    if (!replica || !confirmed || !is_fence || *replica == 0)
      return corrupt("entry", kAncestorsName);
    ancestors.push_back(
        {static_cast<ReplicaId>(*replica), HybridTime::from_packed(*confirmed), *fence});
  }
  return ancestors;
}

Result<Ancestors> read_ancestors(const Snapshot& snapshot) {
  const auto entry = snapshot.get(Keyspace::kMeta, kAncestorsName);
  if (!entry) return fail(entry.error());
  return *entry ? decode_ancestors(**entry) : Result<Ancestors>(Ancestors{});
}

std::string encode_slot(const SlotEntry& slot) {
  std::string out = new_entry();
  out.reserve(1 + sizeof slot.sequence + kStampBytes + slot.value.size());
  codec::append_u64(out, slot.sequence);
  append_stamp(out, slot.stamp);
  out.append(slot.value);
  return out;
}

Result<SlotEntry> decode_slot(std::string_view bytes, std::string_view key) {
  Reader reader(bytes);
  if (!take_version(reader)) return corrupt("slot", key);
  const auto sequence = reader.take_u64();
  const auto stamp_bytes = reader.take(kStampBytes);
  if (!sequence || !stamp_bytes || reader.empty()) return corrupt("slot", key);
  return SlotEntry{*sequence, *decode_stamp(*stamp_bytes), reader.rest()};
}

Result<std::optional<SlotEntry>> read_slot(const Snapshot& snapshot, std::string_view slot_key) {
  const auto stored = snapshot.get(Keyspace::kSlots, slot_key);
  if (!stored) return fail(stored.error());
  if (!*stored) return std::nullopt;
  const auto slot = decode_slot(**stored, slot_key);
  if (!slot) return fail(slot.error());
  return *slot;
}

std::string encode_outbox(const OutboxEntry& entry) {
  const bool has_base = entry.base != Stamp{};
  std::string out(1, has_base ? kOutboxWithBase : kEntryVersion);
  out.reserve(1 + sizeof entry.commit + kStampBytes + entry.slot_key.size());
  codec::append_u64(out, entry.commit);
  if (has_base) append_stamp(out, entry.base);
  out.append(entry.slot_key);
  return out;
}

Result<OutboxEntry> decode_outbox(std::string_view bytes, std::string_view key) {
  Reader reader(bytes);
  const auto format = take_format(reader);
  const bool has_base = format == kOutboxWithBase;
  const auto commit = reader.take_u64();
  if (!(has_base || format == kEntryVersion) || !commit) return corrupt("outbox entry", key);
  const auto base = has_base ? take_base(reader) : Stamp{};
  if (!base || reader.empty()) return corrupt("outbox entry", key);
  return OutboxEntry{*commit, reader.rest(), *base};
}

std::string encode_log(const LogEntry& entry) {
  std::string out = new_entry();
  out.push_back(static_cast<char>(entry.origin));
  out.append(entry.batch);
  return out;
}

Result<LogEntry> decode_log(std::string_view bytes, std::string_view key) {
  Reader reader(bytes);
  if (!take_version(reader)) return corrupt("log entry", key);
  const auto origin = reader.take_u8();
  if (!origin || *origin < 1 || *origin > 3) return corrupt("log entry", key);
  return LogEntry{static_cast<LogOrigin>(*origin), reader.rest()};
}

std::string encode_aside(const AsideEntry& entry) {
  std::string out;
  if (entry.after) {
    out.push_back(kAsideWithPlace);
    codec::append_u64(out, *entry.after);
  } else if (entry.base != Stamp{}) {
    out.push_back(kAsideWithBase);
    append_stamp(out, entry.base);
  } else {
    out.push_back(kEntryVersion);
  }
  codec::append_sized(out, code_name(entry.code));
  out.append(entry.batch);
  return out;
}

Result<AsideEntry> decode_aside(std::string_view bytes, std::string_view key) {
  Reader reader(bytes);
  AsideEntry entry;
  const auto format = take_format(reader);
  if (format == kAsideWithPlace) {
    entry.after = reader.take_u64();
    if (!entry.after) return corrupt("op put aside", key);
  } else if (format == kAsideWithBase) {
    const auto base = take_base(reader);
    if (!base) return corrupt("op put aside", key);
    entry.base = *base;
  } else if (format != kEntryVersion) {
    return corrupt("op put aside", key);
  }
  const auto name = reader.take_sized();
  if (!name || reader.empty()) return corrupt("op put aside", key);
  entry.code = code_from_name(*name).value_or(Code::kInternal);
  entry.batch = reader.rest();
  return entry;
}

Result<std::optional<AsideEntry>> read_set_aside(const Snapshot& snapshot, std::uint64_t sequence) {
  const std::string key = sequence_key(sequence);
  const auto stored = snapshot.get(Keyspace::kSetAside, key);
  if (!stored && stored.error().code != Code::kStoreCorrupt) return fail(stored.error());
  if (!stored) return AsideEntry{};
  if (!*stored) return std::nullopt;
  return decode_aside(**stored, key).value_or(AsideEntry{});
}

std::string encode_progress(const Progress& progress) {
  std::string out = new_entry();
  codec::append_sized(out, progress.epoch);
  codec::append_varint(out, static_cast<std::uint32_t>(progress.cursors.size()));
  for (const auto& [name, cursor] : progress.cursors) {
    codec::append_sized(out, name);
    codec::append_sized(out, cursor);
  }
  return out;
}

Result<Progress> decode_progress(std::string_view bytes) {
  Reader reader(bytes);
  if (!take_version(reader)) return corrupt("entry", kProgressName);
  const auto epoch = reader.take_sized();
  const auto count = reader.take_varint();
  if (!epoch || !count) return corrupt("entry", kProgressName);
  Progress progress{std::string(*epoch), {}};
  for (std::uint32_t i = 0; i < *count; ++i) {
    const auto name = reader.take_sized();
    const auto cursor = reader.take_sized();
    if (!name || !cursor) return corrupt("entry", kProgressName);
    if (!progress.cursors.empty() && *name <= progress.cursors.rbegin()->first)
      return corrupt("entry", kProgressName);
    progress.cursors.emplace(*name, *cursor);
  }
  if (!reader.empty()) return corrupt("entry", kProgressName);
  return progress;
}

std::string encode_fence(std::uint64_t fence) {
  std::string out = new_entry();
  codec::append_u64(out, fence);
  return out;
}

Result<std::uint64_t> decode_fence(std::string_view bytes) {
  Reader reader(bytes);
  if (!take_version(reader)) return corrupt("entry", kFenceName);
  const auto fence = reader.take_u64();
  if (!fence || *fence > kFenceMax || !reader.empty()) return corrupt("entry", kFenceName);
  return *fence;
}

std::string encode_memory(const Memory& memory) {
  std::string out = new_entry();
  const SyncMemory& session = memory.session;
  const bool failed = session.last_error.has_value();
  out.push_back(static_cast<char>((session.enabled ? kEnabledFlag : 0U) |
                                  (memory.complete ? kCompleteFlag : 0U) |
                                  (failed ? kErrorFlag : 0U)));
  codec::append_u64(out, static_cast<std::uint64_t>(session.last_success_ms));
  if (failed) {
    codec::append_u64(out, static_cast<std::uint64_t>(session.last_error_ms));
    codec::append_sized(out, code_name(session.last_error->code));
    codec::append_sized(out, session.last_error->message);
  }
  return out;
}

Result<Memory> decode_memory(std::string_view bytes) {
  Reader reader(bytes);
  if (!take_version(reader)) return corrupt("entry", kMemoryName);
  const auto flags = reader.take_u8();
  const auto success = reader.take_u64();
  if (!flags || (*flags & ~kMemoryFlags) != 0 || !success) return corrupt("entry", kMemoryName);
  Memory memory;
  SyncMemory& session = memory.session;
  memory.complete = (*flags & kCompleteFlag) != 0;
  session.enabled = (*flags & kEnabledFlag) != 0;
  session.last_success_ms = static_cast<std::int64_t>(*success);
  if ((*flags & kErrorFlag) != 0) {
    const auto time = reader.take_u64();
    const auto name = reader.take_sized();
    const auto message = reader.take_sized();
    if (!time || !name || !message) return corrupt("entry", kMemoryName);
    session.last_error_ms = static_cast<std::int64_t>(*time);
    session.last_error =
        Error{code_from_name(*name).value_or(Code::kInternal), std::string(*message)};
  }
  if (!reader.empty()) return corrupt("entry", kMemoryName);
  return memory;
}

}  // namespace syncline::replica
