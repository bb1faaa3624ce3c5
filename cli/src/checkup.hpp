#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "command.hpp"
#include "syncline/lmdb_maintenance.hpp"
#include "syncline/verification.hpp"

namespace syncline::cli {

// What is wrong with a database, and what else is known of it.
struct Checkup {
  std::vector<PageFault> pages;
  std::vector<StoreFault> entries;
  // Nothing where the pages cannot be followed, so that no entry was looked at.
  std::optional<Verification> verification;
  std::optional<StoreUsage> usage;
  std::unique_ptr<LmdbStore> store;  // open for reading, where that is possible
  bool is_stopped = false;           // by the person; there may be more

  [[nodiscard]] std::uint64_t faults() const { return pages.size() + entries.size(); }
};

// Looks at every page and entry of the context's database, with a bar, until the person interrupts
// it. Changes nothing. Errors: store_missing, store_format_unsupported, store_locked, store_io.
[[nodiscard]] Result<Checkup> check_up(const Context& context);

// One damaged entry of the log can be thousands of faults: of each kind in each keyspace the first
// few are shown, and the others counted.
class FaultGroups {
 public:
  using Group = std::pair<FaultKind, Keyspace>;

  // Counts the fault. Whether it is one of the first.
  [[nodiscard]] bool shows(const StoreFault& fault);
  // How many have not been shown, where there are any.
  [[nodiscard]] std::map<Group, std::uint64_t> left_out() const;

 private:
  std::map<Group, std::uint64_t> counts_;
};

// The faults on stdout: a line each, and one for the others of a kind where there are many.
void print_faults(const Context& context, const Checkup& checkup);

// A sentence on what was not held against what, because of other faults; empty where all was.
[[nodiscard]] std::string unchecked_text(const Verification& found);

// The parts of a fault that name its record; for people, in one line.
[[nodiscard]] std::string place_of(const StoreFault& fault);

}  // namespace syncline::cli
