#include "syncline/view.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/misuse.hpp"
#include "query/index_list.hpp"
#include "query/scan.hpp"
#include "replica/record_reader.hpp"
#include "replica/view_source.hpp"

namespace syncline {

View::View(std::shared_ptr<const Source> source, std::unique_ptr<Snapshot> snapshot)
    : source_(std::move(source)), snapshot_(std::move(snapshot)) {}
View::View(View&&) noexcept = default;
View& View::operator=(View&&) noexcept = default;
View::~View() = default;

const Snapshot& View::snapshot() const {
  forbid(snapshot_ == nullptr, "a view was read from which another one was made by a move");
  forbid(!source_->is_open, "a view was read whose replica is gone");
  return *snapshot_;
}

Result<std::optional<Record>> View::get(std::string_view collection,
                                        std::string_view record) const {
  if (auto ok = check_collection(collection); !ok) return fail(ok.error());
  if (auto ok = check_record(record); !ok) return fail(ok.error());
  const auto slots = replica::read_record(snapshot(), collection, record);
  if (!slots) return fail(slots.error());
  auto fields = slots->resolve(source_->schema.collection(collection));
  if (!fields) return std::nullopt;
  return Record{std::string(record), std::move(*fields)};
}

Result<void> View::scan(std::string_view collection, const ScanRange& range,
                        const RecordVisitor& visitor) const {
  if (auto ok = check_collection(collection); !ok) return ok;
  return replica::scan_records(snapshot(), collection, source_->schema.collection(collection),
                               range, visitor);
}

Result<std::vector<std::string>> View::collections() const {
  return replica::list_collections(snapshot());
}

Result<std::string> View::run(const Query& query, const RecordVisitor& visitor) const {
  return query::run_query(snapshot(), source_->schema, query, visitor);
}

Result<std::vector<IndexInfo>> View::indexes() const {
  const auto list = query::read_indexes(snapshot(), source_->schema);
  if (!list) return fail(list.error());
  std::vector<IndexInfo> infos;
  infos.reserve(list->indexes.size());
  for (const query::Index& index : list->indexes)
    infos.push_back({index.collection, index.name, index.state});
  std::stable_sort(infos.begin(), infos.end(), [](const IndexInfo& a, const IndexInfo& b) {
    return std::tie(a.collection, a.name) < std::tie(b.collection, b.name);
  });
  return infos;
}

}  // namespace syncline
