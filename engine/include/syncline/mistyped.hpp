#pragma once

#include <functional>
#include <string>

#include "syncline/error.hpp"
#include "syncline/schema.hpp"
#include "syncline/store.hpp"

namespace syncline {

// A value that is not of the type that the store's schema declares for its field. That is no fault:
// a type is checked where a local write enters, and another device may have another schema.
struct Mistyped {
  std::string collection;
  std::string record;
  std::string field;
  FieldType declared = FieldType::kAny;
};

// Shows such values in the order of their slots, until the visitor answers false. Only fields whose
// slots hold the values themselves are looked at, so neither counters nor groups. What is damaged
// is passed over, and so is everything where no schema can be read. Errors: store_io.
[[nodiscard]] Result<void> read_mistyped(const Store& store,
                                         const std::function<bool(const Mistyped&)>& visitor);

}  // namespace syncline
