#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "strategy/strategy.hpp"
#include "syncline/schema.hpp"
#include "syncline/slot.hpp"
#include "syncline/stamp.hpp"
#include "syncline/value.hpp"

namespace syncline::merge {

// What a slot holds.
struct Register {
  Stamp stamp;
  std::string value;

  bool operator==(const Register&) const = default;
};

// All slots of one record, and what they mean (spec/merge.md, Records).
//
// Thread safety: none.
class RecordSlots {
 public:
  using Field = std::map<std::string, Register, std::less<>>;  // by element
  // Called for each slot that a mutation writes.
  using OnWrite =
      std::function<void(std::string_view field, std::string_view element, const Register&)>;

  void load(std::string_view field, std::string_view element, Register value);

  [[nodiscard]] bool empty() const { return fields_.empty(); }
  // What one slot holds, or null. It is borrowed until the record changes.
  [[nodiscard]] const Register* find(std::string_view field, std::string_view element) const;
  // The stamp of `dead`, or the zero stamp.
  [[nodiscard]] Stamp deletion() const;
  [[nodiscard]] bool exists() const;
  // The greatest time of any slot of the record.
  [[nodiscard]] HybridTime latest() const { return latest_; }

  // The fields that resolve to something, ascending by name; nothing if the record does not exist.
  [[nodiscard]] std::optional<Value::Object> resolve(const CollectionRules& rules) const;
  // The same, whether or not the record exists: what it would have if it were made to.
  [[nodiscard]] Value::Object resolve_fields(const CollectionRules& rules) const;

  // Changes one field, creating the record if it does not exist. Either all of it happens or, on an
  // error, nothing. Errors: those of Strategy::write and SlotKey's checks; the message names the
  // field.
  [[nodiscard]] Result<void> write(const CollectionRules& rules, std::string_view field,
                                   const strategy::Mutation& mutation, const Stamp& stamp,
                                   const OnWrite& on_write);

  // Makes the record exist, with no field changed.
  void revive(const CollectionRules& rules, const Stamp& stamp, const OnWrite& on_write);

  // Deletes the record; false if there was none.
  bool erase(const Stamp& stamp, const OnWrite& on_write);

  // Keeps, or takes back, all that was changed since the last call of either.
  void keep() { changes_.clear(); }
  void take_back();

  // The field's slots that count, ascending by element. They borrow from this.
  using Views = std::vector<strategy::SlotView>;
  [[nodiscard]] Views counting(std::string_view field) const;

 private:
  [[nodiscard]] static Views counting(const Field& field, const Stamp& deletion);
  // The slots of the field that count, as far as the mutation has to see them.
  [[nodiscard]] Views seen_by(const strategy::Strategy& strategy,
                              const strategy::Mutation& mutation, std::string_view field) const;
  void set(std::string_view field, std::string_view element, Register value,
           const OnWrite& on_write);

  // A slot as it was before a change, and the greatest time then.
  struct Before {
    std::string field;
    std::string element;
    std::optional<Register> value;
    HybridTime latest;
  };

  std::map<std::string, Field, std::less<>> fields_;
  HybridTime latest_;
  std::vector<Before> changes_;
};

}  // namespace syncline::merge
