#pragma once

#include <string_view>

#include "schema/former_rules.hpp"
#include "syncline/schema.hpp"
#include "syncline/schema_change.hpp"

namespace syncline::schema {

// The rule of what no schema declares.
inline constexpr std::string_view kUndeclared = "lww";

// What the second says otherwise than the first, which has an id if any is stored. A field that the
// first does not declare has the last of its former rules, if there is one.
[[nodiscard]] SchemaComparison compare(const Schema& stored, const FormerRules& former,
                                       const Schema& given);

// Whether a field of the rule reads what was written while no schema declared it.
[[nodiscard]] bool reads_undeclared(Merge merge);

// Notes the rules that are in force no more once the given schema is.
void note_former(const SchemaComparison& comparison, FormerRules& former);

// The error that refuses the given schema: its message has both versions and digests, and every
// field with both rules.
[[nodiscard]] Error refusal(const SchemaComparison& comparison);

}  // namespace syncline::schema
