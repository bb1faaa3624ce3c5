#pragma once

#include <cstdint>
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

// The strategies of spec/merge.md: pure functions over the slots of one field. Only the law merges,
// so none of them can break convergence.

namespace syncline::strategy {

// One slot of a field, seen for the length of a call.
struct SlotView {
  std::string_view element;
  Stamp stamp;
  std::string_view value;

  [[nodiscard]] bool is_live() const { return !is_tombstone(value); }
};

// A register to write under the mutation's stamp.
struct SlotWrite {
  std::string element;
  std::string value;

  bool operator==(const SlotWrite&) const = default;
};

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
  Stamp stamp;     // the mutation's; its replica is the one that writes
  Stamp deletion;  // the record's, or the zero stamp
  FieldType type = FieldType::kAny;
};

// Thread safety: all members may be called from any thread.
class Strategy {
 public:
  Strategy() = default;
  Strategy(const Strategy&) = delete;
  Strategy& operator=(const Strategy&) = delete;
  virtual ~Strategy() = default;

  // What the mutation writes, given the slots of the field that count, ascending by element.
  // Errors: wrong_strategy, type_mismatch, those of encode_value, and the strategy's own.
  [[nodiscard]] virtual Result<std::vector<SlotWrite>> write(const Mutation& mutation,
                                                             std::span<const SlotView> slots,
                                                             const WriteContext& context) const = 0;

  // The element of the only slot that `write` looks at for this mutation; nothing if it may look at
  // any. It borrows from the mutation.
  [[nodiscard]] virtual std::optional<std::string_view> only_element(const Mutation&) const {
    return std::nullopt;
  }

  // The field's value, or nothing if it is absent. Accepts any slots: what it does not understand
  // it passes over.
  [[nodiscard]] virtual std::optional<Value> resolve(std::span<const SlotView> slots,
                                                     const Stamp& deletion) const = 0;
};

[[nodiscard]] const Strategy& lww_strategy();
[[nodiscard]] const Strategy& min_strategy();
[[nodiscard]] const Strategy& max_strategy();
[[nodiscard]] const Strategy& counter_strategy();
[[nodiscard]] const Strategy& set_strategy();
[[nodiscard]] const Strategy& map_strategy();
[[nodiscard]] const Strategy& multi_strategy();
[[nodiscard]] const Strategy& merge_text_strategy();
[[nodiscard]] const Strategy& list_strategy();
[[nodiscard]] const Strategy& group_strategy();

[[nodiscard]] const Strategy& strategy_of(Merge merge);

// What the strategies share.

[[nodiscard]] tl::unexpected<Error> wrong_strategy(std::string_view strategy);
// The encoding of a value that is of the type. Errors: type_mismatch, those of encode_value.
[[nodiscard]] Result<std::string> encode_typed(const Value& value, FieldType type);
// A tombstone for each live slot.
[[nodiscard]] std::vector<SlotWrite> tombstones(std::span<const SlotView> slots);
// The element of an accumulating strategy's slot: the replica, then the deletion that it follows.
[[nodiscard]] std::string accumulator_element(ReplicaId replica, const Stamp& deletion);
// Whether the element is one, and follows this deletion.
[[nodiscard]] bool follows_deletion(std::string_view element, const Stamp& deletion);

}  // namespace syncline::strategy
