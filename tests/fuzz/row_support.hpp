#pragma once

#include <memory>
#include <sstream>
#include <string>
#include <utility>

#include "rows/import_rows.hpp"
#include "rows/rows.hpp"
#include "syncline/memory_store.hpp"
#include "syncline/replica.hpp"
#include "syncline/replication.hpp"
#include "tests/engine/support/environment.hpp"
#include "tests/fuzz/fuzz_support.hpp"

// What the targets of an import share: a database that is imported into and exported from.

namespace syncline::fuzz {

inline constexpr const char* kRowsSchema =
    R"({"name":"n","version":1,"collections":{"c":{"fields":{
  "t":{"type":"string"},"n":{"merge":"counter"},"l":{"merge":"min"},"s":{"merge":"set"},
  "m":{"merge":"map"},"v":{"merge":"multi"},"w":{"merge":"merge_text"},
  "q":{"merge":"list"},"x":{"merge":"custom:unknown"}},"groups":{"g":{"fields":["a","b"]}}}}})";

// Raw slots are imported with new stamps.
inline std::string without_stamps(std::string lines) {
  constexpr std::string_view kMember = R"("stamp":")";
  constexpr std::size_t kHexDigits = 2 * kStampBytes;
  for (auto at = lines.find(kMember); at != std::string::npos; at = lines.find(kMember, at + 1))
    lines.erase(at + kMember.size(), kHexDigits);
  return lines;
}

class Importer {
 public:
  Importer() {
    auto opened = Replica::open(*store_, wall_, random_, kRowsSchema);
    require(opened.has_value(), "a database can be opened");
    replica_ = std::move(*opened);
  }

  [[nodiscard]] Replica& replica() { return *replica_; }

  // Imports to the end or to the first row that cannot be. What was imported stays sound.
  Result<cli::ImportCounts> import_all(cli::RowSource& source) {
    constexpr std::size_t kRowsMax = 7;  // so that a small input has several commits
    cli::ImportCounts counts;
    Result<bool> more = true;
    while (more && *more) more = cli::import_rows(*replica_, source, counts, kRowsMax);
    require(counts.written <= counts.rows, "no more is written than was read");
    require(replica_->replication().verify().has_value(), "the slots are the fold of the log");
    if (more) return counts;
    require(more.error().message.starts_with("line "), "an error names its line");
    return tl::unexpected(more.error());
  }

  // Every record as the lines of an export.
  [[nodiscard]] std::string exported() const {
    std::string lines;
    const auto collections = replica_->collections();
    require(collections.has_value(), "collections can be listed");
    for (const std::string& collection : *collections) {
      const auto scanned = replica_->scan(collection, {}, [&](const Record& record) {
        lines += cli::record_to_json(record, collection) + '\n';
        return true;
      });
      require(scanned.has_value(), "a collection can be scanned");
    }
    return lines;
  }

  // What is exported can be imported, here without a change and elsewhere to the same records.
  void check_export() {
    const std::string lines = exported();
    std::istringstream here(lines);
    const auto unchanged = import_all(*cli::open_ndjson_rows(here, "*"));
    require(unchanged && unchanged->written == 0, "importing an export changes nothing");
    std::istringstream elsewhere(lines);
    Importer other;
    require(other.import_all(*cli::open_ndjson_rows(elsewhere, "*")).has_value(),
            "an export can be imported");
    require(without_stamps(other.exported()) == without_stamps(lines),
            "and gives the same records");
  }

 private:
  test::ManualWall wall_;
  test::CountingRandom random_;
  std::unique_ptr<Store> store_ = make_memory_store();
  std::unique_ptr<Replica> replica_;
};

}  // namespace syncline::fuzz
