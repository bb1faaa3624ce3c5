#include "syncline/transaction.hpp"

#include <utility>

#include "base/misuse.hpp"
#include "replica/draft.hpp"

namespace syncline {
namespace {

using OnWrite = merge::RecordSlots::OnWrite;

Result<void> patch_fields(const CollectionRules& rules, merge::RecordSlots& slots,
                          const Stamp& stamp, const Value::Object& fields,
                          const OnWrite& on_write) {
  if (!slots.exists()) slots.revive(rules, stamp, on_write);
  for (const auto& [field, value] : fields) {
    if (auto ok = slots.write(rules, field, strategy::Put{value}, stamp, on_write); !ok) return ok;
  }
  return {};
}

// What accumulates over replicas is not cleared by writing the record as a whole.
bool accumulates(const CollectionRules& rules, std::string_view field) {
  return strategy::accumulates(rules.field(field).merge);
}

// One mutation of one field.
Result<void> change(Transaction::Draft& draft, std::string_view collection, std::string_view record,
                    std::string_view field, const strategy::Mutation& mutation) {
  const CollectionRules& rules = draft.rules(collection);
  return draft.mutate(collection, record,
                      [&](merge::RecordSlots& slots, const Stamp& stamp, const OnWrite& on_write) {
                        return slots.write(rules, field, mutation, stamp, on_write);
                      });
}

}  // namespace

Transaction::Draft& Transaction::draft() const {
  const std::thread::id thread = thread_.load(std::memory_order_relaxed);
  forbid(thread == std::thread::id(),
         "a transaction was used beyond the body that it was given to");
  forbid(thread != std::this_thread::get_id(), "a transaction was used in another thread");
  return *draft_;
}

Result<void> Transaction::patch(std::string_view collection, std::string_view record,
                                const Value::Object& fields) {
  const CollectionRules& rules = draft().rules(collection);
  return draft().mutate(
      collection, record,
      [&](merge::RecordSlots& slots, const Stamp& stamp, const OnWrite& on_write) {
        return patch_fields(rules, slots, stamp, fields, on_write);
      });
}

Result<void> Transaction::put(std::string_view collection, std::string_view record,
                              const Value::Object& fields) {
  const CollectionRules& rules = draft().rules(collection);
  return draft().mutate(
      collection, record,
      [&](merge::RecordSlots& slots, const Stamp& stamp, const OnWrite& on_write) -> Result<void> {
        // A record that does not exist may still have slots that would come back with it.
        for (const auto& [field, value] : slots.resolve_fields(rules)) {
          if (fields.contains(field) || accumulates(rules, field)) continue;
          if (auto ok = slots.write(rules, field, strategy::Clear{}, stamp, on_write); !ok)
            return ok;
        }
        return patch_fields(rules, slots, stamp, fields, on_write);
      });
}

Result<void> Transaction::clear(std::string_view collection, std::string_view record,
                                std::string_view field) {
  const CollectionRules& rules = draft().rules(collection);
  return draft().mutate(
      collection, record,
      [&](merge::RecordSlots& slots, const Stamp& stamp, const OnWrite& on_write) -> Result<void> {
        if (!slots.exists()) return {};
        return slots.write(rules, field, strategy::Clear{}, stamp, on_write);
      });
}

Result<bool> Transaction::erase(std::string_view collection, std::string_view record) {
  bool erased = false;
  auto done = draft().mutate(
      collection, record,
      [&](merge::RecordSlots& slots, const Stamp& stamp, const OnWrite& on_write) -> Result<void> {
        erased = slots.erase(stamp, on_write);
        return {};
      });
  if (!done) return fail(done.error());
  return erased;
}

Result<void> Transaction::increment(std::string_view collection, std::string_view record,
                                    std::string_view field, std::int64_t amount) {
  return change(draft(), collection, record, field, strategy::Increment{amount});
}

Result<void> Transaction::add(std::string_view collection, std::string_view record,
                              std::string_view field, const std::vector<Value>& items) {
  return change(draft(), collection, record, field, strategy::Add{items});
}

Result<void> Transaction::remove(std::string_view collection, std::string_view record,
                                 std::string_view field, const std::vector<Value>& items) {
  return change(draft(), collection, record, field, strategy::Remove{items});
}

Result<void> Transaction::insert(std::string_view collection, std::string_view record,
                                 std::string_view field, std::size_t index,
                                 const std::vector<Value>& items) {
  return change(draft(), collection, record, field, strategy::Insert{index, items});
}

Result<void> Transaction::move(std::string_view collection, std::string_view record,
                               std::string_view field, std::size_t from, std::size_t to) {
  return change(draft(), collection, record, field, strategy::Move{from, to});
}

Result<void> Transaction::put_at(std::string_view collection, std::string_view record,
                                 std::string_view field, std::size_t index, const Value& value) {
  return change(draft(), collection, record, field, strategy::PutAt{index, value});
}

Result<void> Transaction::remove_at(std::string_view collection, std::string_view record,
                                    std::string_view field, std::size_t index, std::size_t count) {
  return change(draft(), collection, record, field, strategy::RemoveAt{index, count});
}

Result<void> Transaction::put_key(std::string_view collection, std::string_view record,
                                  std::string_view field, std::string_view key,
                                  const Value& value) {
  return change(draft(), collection, record, field, strategy::PutKey{std::string(key), value});
}

Result<void> Transaction::clear_key(std::string_view collection, std::string_view record,
                                    std::string_view field, std::string_view key) {
  return change(draft(), collection, record, field, strategy::ClearKey{std::string(key)});
}

Result<std::optional<Record>> Transaction::get(std::string_view collection,
                                               std::string_view record) {
  const auto slots = draft().record(collection, record);
  if (!slots) return fail(slots.error());
  auto fields = (*slots)->resolve(draft().rules(collection));
  if (!fields) return std::nullopt;
  return Record{std::string(record), std::move(*fields)};
}

}  // namespace syncline
