#include "replica/memory.hpp"

namespace syncline::replica {

Result<Memory> read_memory(const Snapshot& snapshot) {
  const auto entry = snapshot.get(Keyspace::kMeta, kMemoryName);
  if (!entry) return fail(entry.error());
  return *entry ? decode_memory(**entry) : Result<Memory>(Memory{});
}

Result<void> note_complete(const Snapshot& snapshot, CommitBuilder& builder, bool complete) {
  auto memory = read_memory(snapshot);
  if (!memory) return fail(memory.error());
  if (memory->complete == complete) return {};
  memory->complete = complete;
  builder.put_meta(kMemoryName, encode_memory(*memory));
  return {};
}

Result<std::uint64_t> read_fence(const Snapshot& snapshot) {
  const auto entry = snapshot.get(Keyspace::kMeta, kFenceName);
  if (!entry) return fail(entry.error());
  return *entry ? decode_fence(**entry) : Result<std::uint64_t>(0);
}

}  // namespace syncline::replica
