#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lmdb_page_layout.hpp"
#include "syncline/lmdb_maintenance.hpp"

namespace syncline::lmdb {

// Visits every page that the trees of one version of a data file lead to, and checks that it is
// there and is shaped as it must be: what LMDB would follow without a question, or end the process
// over. Also that the keys are in order and the checksums right, so that nothing that was stored is
// taken for absent, and that no page in use is listed as free. It reads the file and maps nothing.
// It ends at the first fault, or goes on beside it where the faults are taken.
//
// Thread safety: none; one thread at a time.
class TreeWalk {
 public:
  // What a walk meets. Each may be missing.
  struct Observer {
    // Takes a fault, so that the walk goes on.
    std::function<void(PageFault fault)> fault;
    // Takes an entry whose checksum is right, with its value.
    std::function<Result<void>(std::uint8_t database, std::string_view key, std::string_view value)>
        entry;
    // Told how many pages of how many have been met; false stops it.
    std::function<bool(std::uint64_t done, std::uint64_t total)> progress;
  };

  // `file` is borrowed.
  TreeWalk(int file, std::uint64_t file_bytes, const Meta& meta, Observer observer = {})
      : file_(file),
        observer_(std::move(observer)),
        file_bytes_(file_bytes),
        meta_(meta),
        page_bytes_(meta.free_pages.page_bytes),
        taken_(file_bytes / page_bytes_) {}

  // Errors: store_corrupt, which names the page; store_io; cancelled.
  [[nodiscard]] Result<void> check();

 private:
  // The list of free pages, the tree that holds the named databases, and those.
  enum class Kind : std::uint8_t { kFreePages, kTrees, kValues };
  // The tree that is being walked.
  struct Walked {
    Kind kind;
    std::optional<std::uint8_t> database;  // where the name is known
    std::size_t entries = 0;               // seen so far
  };
  // The keys below a page are at or after the one and before the other.
  struct Bounds {
    std::optional<std::string> from;
    std::optional<std::string> to;
  };

  // Passes an error on, or hands it to the observer.
  Result<void> tolerate(Result<void> checked);

  Result<void> check_tree(const Tree& tree, Walked walked);
  Result<void> check_page(std::size_t number, unsigned depth, Walked& walked, const Bounds& bounds);
  Result<void> check_branch(const std::string& page, std::size_t number, unsigned depth,
                            Walked& walked, const Bounds& bounds);
  Result<void> check_leaf(const std::string& page, std::size_t number, Walked& walked,
                          const Bounds& bounds);
  Result<void> check_entry(const std::string& page, std::size_t number, std::size_t offset,
                           const Walked& walked);
  // The pages behind `transaction`, which freed them.
  Result<void> check_free_pages(std::size_t number, std::string_view transaction,
                                const std::string& pages);
  // Whether the keys that the page holds are ascending and within the bounds.
  Result<void> check_order(const std::vector<std::string>& keys, std::size_t number, Kind kind,
                           const Bounds& bounds) const;
  Result<std::string> read_overflow(std::size_t number, std::size_t data_bytes);
  // Reads pages, which must be inside the file and taken by nothing else so far.
  Result<std::string> read(std::size_t number, std::size_t count);
  Result<void> take(std::size_t number, std::size_t count);
  // Where the entries of a page are, after checking that they fill it from its end on.
  Result<std::vector<std::size_t>> node_offsets(const std::string& page, std::size_t number) const;

  int file_;
  Observer observer_;
  std::size_t faults_ = 0;  // that were handed on
  std::size_t pages_ = 0;   // that were taken
  std::uint64_t file_bytes_;
  Meta meta_;
  std::size_t page_bytes_;
  std::vector<bool> taken_;  // the pages of the file that have a use, or are free
};

}  // namespace syncline::lmdb
