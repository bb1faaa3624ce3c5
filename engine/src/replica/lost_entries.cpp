#include "replica/lost_entries.hpp"

#include "codec/bytes.hpp"
#include "syncline/repair.hpp"

namespace syncline {
namespace replica {
namespace {

// Of the key; the name of an entry has 499 bytes at most.
constexpr std::size_t kNamedBytesMax = 200;
constexpr std::string_view kKeyEnd = "/key";

std::string prefix_of(Keyspace keyspace) {
  return std::string(kLostPrefix) + std::string(keyspace_name(keyspace)) + "/";
}

}  // namespace

std::optional<std::string> keep_as_it_is(RepairPlan& plan, Keyspace keyspace,
                                         std::string_view key) {
  const auto stored = plan.snapshot().get(keyspace, key);
  if (key.empty() || !stored || !*stored) return std::nullopt;
  const std::string first = prefix_of(keyspace) + codec::encode_hex(key.substr(0, kNamedBytesMax));
  std::string name = first;
  // An earlier repair may have kept another entry with this key.
  for (unsigned number = 2; !plan.is_free_meta(name); ++number)
    name = first + "-" + std::to_string(number);
  plan.put(Keyspace::kMeta, name, std::string(**stored));
  if (key.size() > kNamedBytesMax)
    plan.put(Keyspace::kMeta, name + std::string(kKeyEnd), std::string(key));
  return name;
}

bool is_key_of_lost_entry(std::string_view name) {
  return name.starts_with(kLostPrefix) && name.ends_with(kKeyEnd);
}

}  // namespace replica

Result<void> read_lost_entries(const Store& store,
                               const std::function<bool(const LostEntry&)>& visitor) {
  const auto snapshot = store.snapshot();
  if (!snapshot) return fail(snapshot.error());
  const auto cursor = (*snapshot)->cursor(Keyspace::kMeta);
  if (!cursor) return fail(cursor.error());
  for (const Keyspace keyspace : {Keyspace::kSetAside, Keyspace::kQuarantine, Keyspace::kSlots,
                                  Keyspace::kLog, Keyspace::kOutbox, Keyspace::kMeta}) {
    const std::string prefix = replica::prefix_of(keyspace);
    auto standing = (*cursor)->seek(prefix);
    for (; standing && *standing && (*cursor)->key().starts_with(prefix);
         standing = (*cursor)->next()) {
      if (replica::is_key_of_lost_entry((*cursor)->key())) continue;
      const LostEntry entry{keyspace, std::string((*cursor)->key()),
                            std::string((*cursor)->value())};
      if (!visitor(entry)) return {};
    }
    if (!standing) return fail(standing.error());
  }
  return {};
}

}  // namespace syncline
