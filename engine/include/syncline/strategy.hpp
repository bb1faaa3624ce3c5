#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "syncline/error.hpp"
#include "syncline/schema.hpp"
#include "syncline/slot.hpp"
#include "syncline/stamp.hpp"
#include "syncline/value.hpp"

// How a field merges (spec/merge.md): two pure functions over the slots of one field. Only the law
// merges, so no strategy can break convergence, whatever it does. An app that needs another one
// than the built-in ones derives from Strategy, registers it under a name in Strategies, opens the
// replica with them, and says `"merge": "custom:NAME"` in the schema.

namespace syncline::strategy {

// One slot of a field. It borrows, for the length of the call.
struct SlotView {
  std::string_view element;
  Stamp stamp;
  std::string_view value;  // a register value: kTombstone, or the encoding of a value

  [[nodiscard]] bool is_live() const { return !is_tombstone(value); }
};

// A register to write under the mutation's stamp.
struct SlotWrite {
  std::string element;  // at most kElementBytesMax
  std::string value;    // kTombstone, or what encode_value gives

  bool operator==(const SlotWrite&) const = default;
};

// The changes that Transaction offers; a strategy refuses those that it has no meaning for.
struct Put {
  Value value;
};
struct Clear {};
struct Increment {
  std::int64_t amount = 0;
};
struct Add {
  std::vector<Value> items;
};
struct Remove {
  std::vector<Value> items;
};
struct PutKey {
  std::string key;
  Value value;
};
struct ClearKey {
  std::string key;
};
struct Insert {
  std::size_t index = 0;
  std::vector<Value> items;
};
struct Move {
  std::size_t from = 0;
  std::size_t to = 0;  // its index afterwards
};
struct PutAt {
  std::size_t index = 0;
  Value value;
};
struct RemoveAt {
  std::size_t index = 0;
  std::size_t count = 1;
};
using Mutation = std::variant<Put, Clear, Increment, Add, Remove, PutKey, ClearKey, Insert, Move,
                              PutAt, RemoveAt>;

struct WriteContext {
  Stamp stamp;     // the mutation's, greater than every slot's; its replica is the one that writes
  Stamp deletion;  // the record's, or the zero stamp
  FieldType type = FieldType::kAny;  // that the schema declares
};

// Both functions are pure: of the same arguments they make the same on every device and at any
// time. They see the slots that are newer than the record's deletion, ascending by element.
//
// Thread safety: all members may be called from any thread.
class Strategy {
 public:
  Strategy() = default;
  Strategy(const Strategy&) = delete;
  Strategy& operator=(const Strategy&) = delete;
  virtual ~Strategy() = default;

  // What the mutation writes; an empty answer changes nothing. Elements differ from each other.
  // Errors: wrong_strategy (a mutation that is not offered), type_mismatch, those of encode_value,
  // and the strategy's own. The field's name is put before the message.
  [[nodiscard]] virtual Result<std::vector<SlotWrite>> write(const Mutation& mutation,
                                                             std::span<const SlotView> slots,
                                                             const WriteContext& context) const = 0;

  // The element of the only slot that `write` looks at for this mutation; nothing if it may look at
  // any. It borrows from the mutation.
  [[nodiscard]] virtual std::optional<std::string_view> only_element(const Mutation&) const {
    return std::nullopt;
  }

  // The field's value, or nothing if it is absent. Accepts any slots: a newer version of the app,
  // or another schema, may have written them. What it does not understand it passes over.
  [[nodiscard]] virtual std::optional<Value> resolve(std::span<const SlotView> slots,
                                                     const Stamp& deletion) const = 0;
};

}  // namespace syncline::strategy

namespace syncline {

// The custom strategies of an app by name. A copy shares them.
//
// Thread safety: none; copies are independent.
class Strategies {
 public:
  // The name is that behind `custom:` in a schema. Errors: key_malformed, key_too_long (a name as a
  // field's), invalid_argument (a name that is taken, no strategy).
  [[nodiscard]] Result<void> add(std::string name,
                                 std::shared_ptr<const strategy::Strategy> strategy);

  // The strategy of that name, with a guard around it: what a strategy may not do is an error of
  // `write`, and nothing it does makes `resolve` fail. If none is registered, one that refuses
  // every write (strategy_missing) and resolves to the raw slots.
  [[nodiscard]] std::shared_ptr<const strategy::Strategy> find(std::string_view name) const;

 private:
  std::map<std::string, std::shared_ptr<const strategy::Strategy>, std::less<>> strategies_;
};

}  // namespace syncline
