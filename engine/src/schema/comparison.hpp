#pragma once

#include "schema/former_rules.hpp"
#include "syncline/schema.hpp"
#include "syncline/schema_change.hpp"

namespace syncline::schema {

// What the second says otherwise than the first, which has an id if any is stored. A field that the
// first does not declare has the last of its former rules, if there is one.
[[nodiscard]] SchemaComparison compare(const Schema& stored, const FormerRules& former,
                                       const Schema& given);

// Notes the rules that are in force no more once the given schema is.
void note_former(const SchemaComparison& comparison, FormerRules& former);

// The error that refuses the given schema: its message has both versions and digests, and every
// field with both rules.
[[nodiscard]] Error refusal(const SchemaComparison& comparison);

}  // namespace syncline::schema
