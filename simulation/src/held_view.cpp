#include "held_view.hpp"

#include "meaning.hpp"

namespace syncline::simulation {

Result<std::string> everything_read(const View& view) {
  std::string text;
  const auto collections = view.collections();
  if (!collections) return fail(collections.error());
  for (const std::string& collection : *collections) {
    auto scanned = view.scan(collection, {}, [&](const Record& record) {
      text += record_line(collection, record.id, record.fields);
      return true;
    });
    if (!scanned) return fail(scanned.error());
  }
  return text;
}

Result<std::string> HeldView::read() const {
  auto text = everything_read(view_);
  if (!text) return text;
  const auto indexes = view_.indexes();
  if (!indexes) return fail(indexes.error());
  for (const IndexInfo& index : *indexes) {
    if (index.state != IndexState::kBuilt) continue;
    *text += index.collection + "." + index.name + ":";
    const auto queried = view_.run({.collection = index.collection, .index = index.name},
                                   [&text](const Record& record) {
                                     *text += " " + record.id;
                                     return true;
                                   });
    if (!queried) return fail(queried.error());
    *text += "\n";
  }
  return text;
}

}  // namespace syncline::simulation
