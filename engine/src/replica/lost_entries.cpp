#include "replica/lost_entries.hpp"

#include "codec/bytes.hpp"
#include "syncline/repair.hpp"

namespace syncline {
namespace replica {
namespace {

std::string prefix_of(Keyspace keyspace) {
  return std::string(kLostPrefix) + std::string(keyspace_name(keyspace)) + "/";
}

}  // namespace

std::optional<std::string> keep_as_it_is(RepairPlan& plan, Keyspace keyspace,
                                         std::string_view key) {
  // Longer than any key that is written; the name of it would be none for a store.
  constexpr std::size_t kKeyBytesMax = 200;
  const auto stored = plan.snapshot().get(keyspace, key);
  if (!stored || !*stored || key.size() > kKeyBytesMax) return std::nullopt;
  const std::string first = prefix_of(keyspace) + codec::encode_hex(key);
  std::string name = first;
  // An earlier repair may have kept another entry with this key.
  for (unsigned number = 2;; ++number) {
    const auto taken = plan.snapshot().get(Keyspace::kMeta, name);
    if (taken && !*taken) break;
    name = first + "-" + std::to_string(number);
  }
  plan.put(Keyspace::kMeta, name, std::string(**stored));
  return name;
}

}  // namespace replica

Result<void> read_lost_entries(const Store& store,
                               const std::function<bool(const LostEntry&)>& visitor) {
  const auto snapshot = store.snapshot();
  if (!snapshot) return fail(snapshot.error());
  const auto cursor = (*snapshot)->cursor(Keyspace::kMeta);
  if (!cursor) return fail(cursor.error());
  for (const Keyspace keyspace : {Keyspace::kSetAside, Keyspace::kQuarantine}) {
    const std::string prefix = replica::prefix_of(keyspace);
    auto standing = (*cursor)->seek(prefix);
    for (; standing && *standing && (*cursor)->key().starts_with(prefix);
         standing = (*cursor)->next()) {
      const LostEntry entry{keyspace, std::string((*cursor)->key()),
                            std::string((*cursor)->value())};
      if (!visitor(entry)) return {};
    }
    if (!standing) return fail(standing.error());
  }
  return {};
}

}  // namespace syncline
