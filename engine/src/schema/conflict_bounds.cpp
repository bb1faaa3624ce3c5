#include "schema/conflict_bounds.hpp"

#include <string>

#include "schema/document.hpp"
#include "syncline/limits.hpp"

namespace syncline::schema {
namespace {

Result<std::int64_t> positive(const Value::Object& members, std::string_view name,
                              std::int64_t otherwise, std::int64_t max) {
  const auto found = members.find(name);
  if (found == members.end()) return otherwise;
  const auto* number = found->second.if_int64();
  if (number == nullptr || *number < 1 || *number > max) {
    return invalid("conflicts." + std::string(name),
                   "has to be an integer from 1 to " + std::to_string(max));
  }
  return *number;
}

}  // namespace

Result<ConflictBounds> parse_conflict_bounds(const Value::Object& document) {
  ConflictBounds bounds;
  const auto found = document.find("conflicts");
  if (found == document.end()) return bounds;
  const auto members = object_at(found->second, "conflicts");
  if (!members) return fail(members.error());
  if (auto ok = only_members(**members, "conflicts", {"keep_days", "keep"}); !ok)
    return fail(ok.error());
  const auto days = positive(**members, "keep_days", bounds.keep_days, kConflictDaysMax);
  if (!days) return fail(days.error());
  const auto keep = positive(**members, "keep", static_cast<std::int64_t>(bounds.keep),
                             static_cast<std::int64_t>(kConflictsMax));
  if (!keep) return fail(keep.error());
  return ConflictBounds{*days, static_cast<std::size_t>(*keep)};
}

}  // namespace syncline::schema
