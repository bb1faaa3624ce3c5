#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "syncline/error.hpp"
#include "syncline/query.hpp"
#include "syncline/record.hpp"
#include "syncline/store.hpp"

namespace syncline {

// One moment of a replica: whatever is read through it was there at once, and no later commit
// changes it. A thread has as many as it likes, and none of them waits for a writer.
//
// Keep it short. As long as it is open, LMDB uses no page again that it can see, so that a busy
// database grows; and a store whose map has to grow (LmdbOptions::map_bytes_start) waits for it,
// or, where the thread that took it commits, answers store_full.
//
// It is for the time of its replica: to read from it when the replica is gone ends the process with
// a message, as does reading from one that was moved from. To destroy it then is harmless, but the
// store's directory is held until then.
//
// Errors of all members: those of the store (store_corrupt, store_io), beside those that are named.
//
// Thread safety: none; one thread at a time, not necessarily the one that took it.
class View {
 public:
  View(View&&) noexcept;
  View& operator=(View&&) noexcept;
  View(const View&) = delete;
  View& operator=(const View&) = delete;
  ~View();

  // As Replica::get, scan and collections, and the same errors.
  [[nodiscard]] Result<std::optional<Record>> get(std::string_view collection,
                                                  std::string_view record) const;
  [[nodiscard]] Result<void> scan(std::string_view collection, const ScanRange& range,
                                  const RecordVisitor& visitor) const;
  [[nodiscard]] Result<std::vector<std::string>> collections() const;

  // As Queries::run and indexes, and the same errors. A cursor is good for any view.
  [[nodiscard]] Result<std::string> run(const Query& query, const RecordVisitor& visitor) const;
  [[nodiscard]] Result<std::vector<IndexInfo>> indexes() const;

  // What views share with their replica, which only the engine can name.
  struct Source;
  View(std::shared_ptr<const Source> source, std::unique_ptr<Snapshot> snapshot);

 private:
  // What it reads; whoever comes too late gets no further.
  [[nodiscard]] const Snapshot& snapshot() const;

  std::shared_ptr<const Source> source_;
  std::unique_ptr<Snapshot> snapshot_;
};

}  // namespace syncline
