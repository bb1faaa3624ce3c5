#include "schema/history_rule.hpp"

#include "schema/document.hpp"
#include "syncline/limits.hpp"

namespace syncline::schema {
namespace {

// The member's number, or `otherwise` where it is not there.
Result<std::int64_t> number_up_to(const Value::Object& object, const std::string& name,
                                  std::int64_t most, std::int64_t otherwise,
                                  const std::string& place) {
  const auto found = object.find(name);
  if (found == object.end()) return otherwise;
  const auto* number = found->second.if_int64();
  if (number == nullptr || *number < 0 || *number > most) {
    return invalid(place + "." + name, "has to be an integer from 0 to " + std::to_string(most));
  }
  return *number;
}

}  // namespace

Result<void> parse_history(const Value::Object& collection, const std::string& place,
                           CollectionRules& rules) {
  const auto found = collection.find("history");
  if (found == collection.end()) return {};
  const std::string inner = place + ".history";
  const auto members = object_at(found->second, inner);
  if (!members) return fail(members.error());
  if (auto ok = only_members(**members, inner, {"keep_days", "keep_ops"}); !ok) return ok;
  const auto days =
      number_up_to(**members, "keep_days", kHistoryDaysMax, rules.history.keep_days, inner);
  if (!days) return fail(days.error());
  const auto ops = number_up_to(**members, "keep_ops", kHistoryOpsMax,
                                static_cast<std::int64_t>(rules.history.keep_ops), inner);
  if (!ops) return fail(ops.error());
  rules.history = {*days, static_cast<std::uint64_t>(*ops)};
  return {};
}

}  // namespace syncline::schema
