#include "checkup.hpp"

#include <algorithm>
#include <utility>

#include "database.hpp"
#include "interruption.hpp"
#include "output.hpp"
#include "syncline/value.hpp"

namespace syncline::cli {
namespace {

// Of the faults of one kind in one keyspace.
constexpr std::uint64_t kShownOfAKind = 5;

// Bytes as text: what is not printable in hexadecimal digits.
std::string printable(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f && c != '\\') {
      text.push_back(c);
    } else {
      text += "\\x";
      text.push_back(kDigits[byte >> 4U]);
      text.push_back(kDigits[byte & 0x0FU]);
    }
  }
  return text;
}

// Stops where the person did, and keeps what has been found.
template <typename T>
bool stopped(const Result<T>& result) {
  return !result && result.error().code == Code::kCancelled;
}

Result<void> check_entries(const Context& context, Checkup& checkup) {
  auto store = open_lmdb_store(store_options(context, Access::kRead));
  if (!store) return fail(store.error());
  checkup.store = std::move(*store);
  const auto usage = checkup.store->usage();
  if (!usage) return fail(usage.error());
  checkup.usage = *usage;
  ProgressBar bar("checking entries");
  const auto verified = verify_store(
      *checkup.store, [&checkup](const StoreFault& fault) { checkup.entries.push_back(fault); },
      shown_on(bar));
  checkup.is_stopped = stopped(verified);
  if (checkup.is_stopped) return {};
  if (!verified) return fail(verified.error());
  checkup.verification = *verified;
  return {};
}

}  // namespace

Result<Checkup> check_up(const Context& context) {
  const Interruption interruption;
  Checkup checkup;
  {
    ProgressBar bar("checking pages");
    auto pages = check_lmdb_pages(context.data, shown_on(bar));
    checkup.is_stopped = stopped(pages);
    if (checkup.is_stopped) return checkup;
    if (!pages) return fail(pages.error());
    checkup.pages = std::move(*pages);
  }
  const bool is_followable =
      std::none_of(checkup.pages.begin(), checkup.pages.end(),
                   [](const PageFault& fault) { return fault.is_structural; });
  if (!is_followable) return checkup;
  // Each entry that fails its checksum is met again, and named better.
  checkup.pages.clear();
  if (auto checked = check_entries(context, checkup); !checked) return fail(checked.error());
  return checkup;
}

std::string unchecked_text(const Verification& found) {
  if (!found.indexes_checked)
    return "The indexes were not checked, because what they are made of cannot be read.";
  if (found.unindexed_records == 0) return {};
  return "The indexes were not checked for " + counted(found.unindexed_records, "record") +
         ", of which a part cannot be trusted.";
}

std::string place_of(const StoreFault& fault) {
  std::string place(keyspace_name(fault.keyspace));
  if (fault.collection.empty())
    return fault.key.empty() ? place : place + " " + printable(fault.key);
  place += " " + fault.collection + " " + fault.record;
  return fault.field.empty() ? place : place + " " + fault.field;
}

bool FaultGroups::shows(const StoreFault& fault) {
  return ++counts_[{fault.kind, fault.keyspace}] <= kShownOfAKind;
}

std::map<FaultGroups::Group, std::uint64_t> FaultGroups::left_out() const {
  std::map<Group, std::uint64_t> left;
  for (const auto& [group, count] : counts_) {
    if (count > kShownOfAKind) left.emplace(group, count - kShownOfAKind);
  }
  return left;
}

void print_faults(const Context& context, const Checkup& checkup) {
  for (const PageFault& fault : checkup.pages) {
    print_line(context.json ? value_to_json(Value(Value::Object{{"fault", Value("page")},
                                                                {"what", Value(fault.what)}}))
                            : "page: " + fault.what);
  }
  FaultGroups groups;
  for (const StoreFault& fault : checkup.entries) {
    if (!groups.shows(fault)) continue;
    const std::string kind(fault_kind_name(fault.kind));
    print_line(context.json ? value_to_json(Value(
                                  Value::Object{{"fault", Value(kind)},
                                                {"keyspace", Value(keyspace_name(fault.keyspace))},
                                                {"key", Value(printable(fault.key))},
                                                {"collection", Value(printable(fault.collection))},
                                                {"record", Value(printable(fault.record))},
                                                {"field", Value(printable(fault.field))},
                                                {"what", Value(fault.what)}}))
                            : place_of(fault) + ": " + fault.what);
  }
  for (const auto& [group, count] : groups.left_out()) {
    const std::string kind(fault_kind_name(group.first));
    const std::string keyspace(keyspace_name(group.second));
    print_line(
        context.json
            ? value_to_json(Value(Value::Object{{"fault", Value(kind)},
                                                {"keyspace", Value(keyspace)},
                                                {"more", Value(static_cast<std::int64_t>(count))}}))
            : keyspace + ": " + counted(count, "more fault") + " of this kind (" + kind + ")");
  }
}

}  // namespace syncline::cli
