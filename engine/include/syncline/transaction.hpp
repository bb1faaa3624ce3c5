#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

#include "syncline/error.hpp"
#include "syncline/record.hpp"
#include "syncline/value.hpp"

namespace syncline {

// Below, "those of the store" are store_corrupt and store_io.

// Several changes that commit together. It sees what it wrote itself. After a member has failed,
// the transaction holds what it held before that call.
//
// Errors of all members: key_malformed (also to write to a collection that is the engine's own, as
// those are whose names begin with `$`), key_too_long, those of the store, and of those that write
// transaction_too_large, clock_exhausted, for a field with a custom strategy strategy_missing,
// strategy_failed and what the strategy answers, and, where they are given a value, those of
// encode_value; beside those that are named.
//
// Thread safety: none. It is for the function that Replica::write calls, while that runs and in its
// thread; whoever keeps it beyond, or uses it in another thread, ends the process with a message.
class Transaction {
 public:
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  // Writes the named fields, and creates the record if it does not exist. A multi takes an array
  // of its values, or one value that replaces them. Errors: type_mismatch, wrong_strategy (a
  // group's own name), counter_overflow.
  [[nodiscard]] Result<void> patch(std::string_view collection, std::string_view record,
                                   const Value::Object& fields);
  // As patch, and clears the fields that are not named, save those of counter, min and max. Nothing
  // of an earlier record of this name comes back. The same errors.
  [[nodiscard]] Result<void> put(std::string_view collection, std::string_view record,
                                 const Value::Object& fields);
  // Removes the field's value. Nothing happens if the record does not exist. Errors: wrong_strategy
  // (a group's own name).
  [[nodiscard]] Result<void> clear(std::string_view collection, std::string_view record,
                                   std::string_view field);
  // Deletes the record; false if there was none.
  [[nodiscard]] Result<bool> erase(std::string_view collection, std::string_view record);

  // Adds to a counter. Errors: wrong_strategy, counter_overflow.
  [[nodiscard]] Result<void> increment(std::string_view collection, std::string_view record,
                                       std::string_view field, std::int64_t amount);
  // Adds items to a set, or at the end of a list; removes them from a set. Errors: wrong_strategy,
  // type_mismatch.
  [[nodiscard]] Result<void> add(std::string_view collection, std::string_view record,
                                 std::string_view field, const std::vector<Value>& items);
  [[nodiscard]] Result<void> remove(std::string_view collection, std::string_view record,
                                    std::string_view field, const std::vector<Value>& items);
  // Changes a list. Indexes count from 0 what the transaction sees now; `to` is the index that the
  // item has afterwards. Of items that two devices insert at one place those of each stay together;
  // an item that two move is at the later place; a removal beats a concurrent move, and of a
  // removal and a concurrent put_at the later wins. To append, add. Errors: wrong_strategy,
  // type_mismatch, invalid_argument (an index beyond the list).
  [[nodiscard]] Result<void> insert(std::string_view collection, std::string_view record,
                                    std::string_view field, std::size_t index,
                                    const std::vector<Value>& items);
  [[nodiscard]] Result<void> move(std::string_view collection, std::string_view record,
                                  std::string_view field, std::size_t from, std::size_t to);
  [[nodiscard]] Result<void> put_at(std::string_view collection, std::string_view record,
                                    std::string_view field, std::size_t index, const Value& value);
  [[nodiscard]] Result<void> remove_at(std::string_view collection, std::string_view record,
                                       std::string_view field, std::size_t index,
                                       std::size_t count = 1);
  // Writes or removes one key of a map. Errors: wrong_strategy, type_mismatch.
  [[nodiscard]] Result<void> put_key(std::string_view collection, std::string_view record,
                                     std::string_view field, std::string_view key,
                                     const Value& value);
  [[nodiscard]] Result<void> clear_key(std::string_view collection, std::string_view record,
                                       std::string_view field, std::string_view key);

  // The record as this transaction sees it, or nothing.
  [[nodiscard]] Result<std::optional<Record>> get(std::string_view collection,
                                                  std::string_view record);

  // The implementation, which only the engine can name.
  class Draft;

 private:
  friend class Replica;  // which has one, for all its writes
  Transaction() = default;

  // What is being written, for whoever may use it now.
  [[nodiscard]] Draft& draft() const;

  Draft* draft_ = nullptr;
  std::atomic<std::thread::id> thread_{};  // that runs the body, or none
};

}  // namespace syncline
