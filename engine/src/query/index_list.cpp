#include "query/index_list.hpp"

#include <algorithm>
#include <utility>

#include "codec/bytes.hpp"
#include "crypto/sodium_library.hpp"
#include "query/index_key.hpp"
#include "replica/entries.hpp"
#include "syncline/limits.hpp"
#include "syncline/slot.hpp"

namespace syncline::query {
namespace {

constexpr char kListVersion = 0x01;
constexpr std::size_t kDigestBytes = 32;

std::optional<std::uint32_t> take_u32(codec::Reader& reader) {
  const auto bytes = reader.take(4);
  return bytes ? number_of_index_key(*bytes) : std::nullopt;
}

std::optional<Index> take_index(codec::Reader& reader) {
  const auto number = take_u32(reader);
  const auto state = reader.take_u8();
  const auto collection = reader.take_sized();
  const auto name = reader.take_sized();
  const auto digest = reader.take_sized();
  const auto position = reader.take_sized();
  if (!number || !state || !collection || !name || !digest || !position) return std::nullopt;
  if (*state < 1 || *state > 3 || digest->size() != kDigestBytes) return std::nullopt;
  if (!check_collection(*collection) || !check_field(*name)) return std::nullopt;
  if (!position->empty() && !check_record(*position)) return std::nullopt;
  return Index{*number,
               static_cast<IndexState>(*state),
               std::string(*collection),
               std::string(*name),
               std::string(*digest),
               std::string(*position),
               {}};
}

const IndexRule* rule_of(const Schema& schema, const Index& index) {
  const CollectionRules& rules = schema.collection(index.collection);
  const auto found = rules.indexes.find(index.name);
  if (found == rules.indexes.end()) return nullptr;
  return index_digest(index.collection, index.name, rules) == index.digest ? &found->second
                                                                           : nullptr;
}

// Whether the keyspace has a key that begins so.
Result<bool> holds_any(const Snapshot& snapshot, Keyspace keyspace, const std::string& prefix) {
  const auto cursor = snapshot.cursor(keyspace);
  if (!cursor) return fail(cursor.error());
  const auto standing = (*cursor)->seek(prefix);
  if (!standing) return fail(standing.error());
  return *standing && (*cursor)->key().starts_with(prefix);
}

Result<IndexList> stored_indexes(const Snapshot& snapshot) {
  const auto entry = snapshot.get(Keyspace::kMeta, kIndexesName);
  if (!entry) return fail(entry.error());
  return *entry ? decode_indexes(**entry) : Result<IndexList>(IndexList{});
}

// Gives each index its fields, and marks as removed what is not declared so. Answers whether any
// was.
bool bind(const Schema& schema, IndexList& list) {
  bool changed = false;
  for (Index& index : list.indexes) {
    if (!index.is_kept()) continue;
    if (const IndexRule* rule = rule_of(schema, index)) {
      index.fields = rule->fields;
    } else {
      index.state = IndexState::kRemoving;
      index.position.clear();
      changed = true;
    }
  }
  return changed;
}

// Takes what is to be removed and has no entry off the list.
Result<void> forget_removed(const Snapshot& snapshot, IndexList& list) {
  for (auto index = list.indexes.begin(); index != list.indexes.end();) {
    std::string prefix;
    append_index_number(prefix, index->number);
    const auto any =
        index->is_kept() ? Result<bool>(true) : holds_any(snapshot, Keyspace::kIndexes, prefix);
    if (!any) return fail(any.error());
    index = *any ? std::next(index) : list.indexes.erase(index);
  }
  return {};
}

}  // namespace

Index* IndexList::find(std::uint32_t number) {
  const auto found = std::find_if(indexes.begin(), indexes.end(),
                                  [number](const Index& one) { return one.number == number; });
  return found == indexes.end() ? nullptr : &*found;
}

std::string encode_indexes(const IndexList& list) {
  std::string out{kListVersion};
  append_index_number(out, list.next);
  codec::append_varint(out, static_cast<std::uint32_t>(list.indexes.size()));
  for (const Index& index : list.indexes) {
    append_index_number(out, index.number);
    out.push_back(static_cast<char>(index.state));
    for (const auto* text : {&index.collection, &index.name, &index.digest, &index.position})
      codec::append_sized(out, *text);
  }
  return out;
}

Result<IndexList> decode_indexes(std::string_view bytes) {
  codec::Reader reader(bytes);
  const auto version = reader.take_u8();
  const auto next = take_u32(reader);
  const auto count = reader.take_varint();
  if (!version || static_cast<char>(*version) != kListVersion || !next || !count)
    return replica::corrupt("entry", kIndexesName);
  IndexList list;
  list.next = *next;
  std::uint32_t before = 0;
  for (std::uint32_t i = 0; i < *count; ++i) {
    auto index = take_index(reader);
    if (!index || index->number <= before || index->number >= list.next)
      return replica::corrupt("entry", kIndexesName);
    before = index->number;
    list.indexes.push_back(std::move(*index));
  }
  if (!reader.empty()) return replica::corrupt("entry", kIndexesName);
  return list;
}

Result<IndexList> read_indexes(const Snapshot& snapshot, const Schema& schema) {
  auto list = stored_indexes(snapshot);
  if (list) bind(schema, *list);
  return list;
}

std::string index_digest(std::string_view collection, std::string_view name,
                         const CollectionRules& rules) {
  Value::Array fields;
  const auto rule = rules.indexes.find(name);
  if (rule != rules.indexes.end()) {
    for (const std::string& field : rule->second.fields) {
      const std::string* group = rules.group(field);
      fields.emplace_back(Value::Array{
          Value(field),
          Value(group != nullptr ? "group " + *group
                                 : std::string(merge_name(rules.field(field).merge)))});
    }
  }
  // Names that a schema accepts can be encoded.
  return crypto::digest_hex(*encode_value(Value(
      Value::Array{Value("index 1"), Value(collection), Value(name), Value(std::move(fields))})));
}

Result<Reconciled> reconcile(const Snapshot& snapshot, const Schema& schema) {
  auto stored = stored_indexes(snapshot);
  if (!stored) return fail(stored.error());
  Reconciled result{std::move(*stored), false};
  IndexList& list = result.list;
  result.changed = bind(schema, list);
  if (auto ok = forget_removed(snapshot, list); !ok) return fail(ok.error());
  for (const std::string& collection : schema.collection_names()) {
    const CollectionRules& rules = schema.collection(collection);
    for (const auto& [name, rule] : rules.indexes) {
      const bool known = std::any_of(
          list.indexes.begin(), list.indexes.end(), [&, &named = name](const Index& index) {
            return index.is_kept() && index.collection == collection && index.name == named;
          });
      if (known) continue;
      const auto any = holds_any(snapshot, Keyspace::kSlots, collection + '\0');
      if (!any) return fail(any.error());
      list.indexes.push_back({list.next++,
                              *any ? IndexState::kBuilding : IndexState::kBuilt,
                              collection,
                              name,
                              index_digest(collection, name, rules),
                              {},
                              rule.fields});
      result.changed = true;
    }
  }
  return result;
}

}  // namespace syncline::query
