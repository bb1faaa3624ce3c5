#pragma once

#include <optional>
#include <string>
#include <vector>

#include "command.hpp"
#include "syncline/replica.hpp"
#include "syncline/schema.hpp"
#include "syncline/value.hpp"

// What the commands that write to a record share.

namespace syncline::cli {

// What looks like JSON has to be JSON; any other word is a string. Errors: json_malformed,
// number_out_of_range, value_too_deep.
[[nodiscard]] Result<Value> parse_value(const std::string& text);
[[nodiscard]] Result<std::vector<Value>> parse_items(const std::vector<std::string>& texts);

// FIELD or FIELD.KEY, taken apart; a field may have a dot in its name.
struct Place {
  std::string field;
  std::optional<std::string> key;  // of a map
};
// Errors: wrong_strategy.
[[nodiscard]] Result<Place> parse_place(const std::string& name, const CollectionRules& rules);

// Says that it is done, where JSON is asked for.
void confirm(const Context& context, const std::string& collection, const std::string& record);

// Runs one transaction on the database, and confirms it. Errors: those of opening it, and of
// Replica::write.
[[nodiscard]] Result<void> write_record(const Context& context, const std::string& collection,
                                        const std::string& record, const Replica::Body& body);

}  // namespace syncline::cli
