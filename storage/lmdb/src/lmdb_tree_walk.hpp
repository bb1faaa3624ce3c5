#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lmdb_page_layout.hpp"
#include "syncline/error.hpp"

namespace syncline::lmdb {

// Visits every page that the trees of one version of a data file lead to, and checks that it is
// there and is shaped as it must be. It reads the file and maps nothing.
//
// Thread safety: none; one thread at a time.
class TreeWalk {
 public:
  // `file` is borrowed.
  TreeWalk(int file, std::uint64_t file_bytes, const Meta& meta)
      : file_(file),
        file_bytes_(file_bytes),
        meta_(meta),
        page_bytes_(meta.free_pages.page_bytes) {}

  // Errors: store_corrupt, which names the page; store_io.
  [[nodiscard]] Result<void> check();

 private:
  // Only the tree that holds the named databases has trees inside.
  enum class Inside { kValues, kTrees };

  Result<void> check_tree(const Tree& tree, Inside inside);
  Result<void> check_page(std::size_t number, unsigned depth, Inside inside);
  Result<void> check_branch(const std::string& page, std::size_t number, unsigned depth,
                            Inside inside);
  Result<void> check_leaf(const std::string& page, std::size_t number, Inside inside);
  Result<void> check_overflow(std::size_t number, std::size_t data_bytes);
  // Reads one page, after checking that `count` pages from there on are inside the file.
  Result<std::string> read(std::size_t number, std::size_t count);
  Result<std::vector<std::size_t>> node_offsets(const std::string& page, std::size_t number) const;

  int file_;
  std::uint64_t file_bytes_;
  Meta meta_;
  std::size_t page_bytes_;
  std::size_t visited_ = 0;
};

}  // namespace syncline::lmdb
