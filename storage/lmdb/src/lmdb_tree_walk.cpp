#include "lmdb_tree_walk.hpp"

#include <cerrno>
#include <unistd.h>

#include "lmdb_errors.hpp"

namespace syncline::lmdb {
namespace {

tl::unexpected<Error> damaged(std::size_t page, const std::string& what) {
  return fail(Code::kStoreCorrupt, "page " + std::to_string(page) + " of the store " + what);
}

}  // namespace

Result<void> TreeWalk::check() {
  if (Result<void> checked = check_tree(meta_.free_pages, Inside::kValues); !checked) {
    return checked;
  }
  return check_tree(meta_.main, Inside::kTrees);
}

Result<void> TreeWalk::check_tree(const Tree& tree, Inside inside) {
  if (tree.root == kNoPage) return {};
  if (tree.depth == 0 || tree.depth > kDepthMax)
    return damaged(tree.root, "has a tree of no depth");
  return check_page(tree.root, tree.depth, inside);
}

Result<void> TreeWalk::check_page(std::size_t number, unsigned depth, Inside inside) {
  const Result<std::string> page = read(number, 1);
  if (!page) return fail(page.error());
  const auto header = read_at<PageHeader>(page->data(), 0);
  if (header.number != number) return damaged(number, "bears another number");
  const PageFlag kind = depth > 1 ? kBranch : kLeaf;
  if ((header.flags & kPageKindMask) != kind) return damaged(number, "is of the wrong kind");
  return depth > 1 ? check_branch(*page, number, depth, inside) : check_leaf(*page, number, inside);
}

Result<void> TreeWalk::check_branch(const std::string& page, std::size_t number, unsigned depth,
                                    Inside inside) {
  const Result<std::vector<std::size_t>> offsets = node_offsets(page, number);
  if (!offsets) return fail(offsets.error());
  for (const std::size_t offset : *offsets) {
    const auto node = read_at<Node>(page.data(), offset);
    if (offset + sizeof(Node) + node.key_bytes > page_bytes_) {
      return damaged(number, "has a key that passes its end");
    }
    if (Result<void> checked = check_page(node.child(), depth - 1, inside); !checked)
      return checked;
  }
  return {};
}

Result<void> TreeWalk::check_leaf(const std::string& page, std::size_t number, Inside inside) {
  const Result<std::vector<std::size_t>> offsets = node_offsets(page, number);
  if (!offsets) return fail(offsets.error());
  for (const std::size_t offset : *offsets) {
    const auto node = read_at<Node>(page.data(), offset);
    const std::size_t data = offset + sizeof(Node) + node.key_bytes;
    const bool big = (node.flags & kBigData) != 0;
    const bool tree = (node.flags & kSubTree) != 0;
    if (data + (big ? sizeof(std::size_t) : node.data_bytes()) > page_bytes_) {
      return damaged(number, "has an entry that passes its end");
    }
    if (tree != (inside == Inside::kTrees) || (node.flags & ~(kBigData | kSubTree)) != 0 ||
        (tree && (big || node.data_bytes() != sizeof(Tree)))) {
      return damaged(number, "has an entry of the wrong kind");
    }
    Result<void> checked;
    if (tree) checked = check_tree(read_at<Tree>(page.data(), data), Inside::kValues);
    if (big) {
      checked = check_overflow(read_at<std::size_t>(page.data(), data), node.data_bytes());
    }
    if (!checked) return checked;
  }
  return {};
}

Result<void> TreeWalk::check_overflow(std::size_t number, std::size_t data_bytes) {
  const Result<std::string> page = read(number, overflow_pages(data_bytes, page_bytes_));
  if (!page) return fail(page.error());
  const auto header = read_at<PageHeader>(page->data(), 0);
  if (header.number != number || (header.flags & kPageKindMask) != kOverflow) {
    return damaged(number, "is not the long value that it should be");
  }
  return {};
}

Result<std::string> TreeWalk::read(std::size_t number, std::size_t count) {
  // Each page has one way to it, so more visits than pages mean a loop.
  visited_ += count;
  if (number < kFirstDataPage || number > meta_.last_page || count > meta_.last_page - number + 1 ||
      visited_ > meta_.last_page) {
    return damaged(number, "is not one that a sound store leads to");
  }
  if ((std::uint64_t{number} + count) * page_bytes_ > file_bytes_) {
    return damaged(number, "lies behind the end of the file, which was cut off");
  }
  std::string page(page_bytes_, '\0');
  const ssize_t size =
      ::pread(file_, page.data(), page_bytes_, static_cast<off_t>(number * page_bytes_));
  if (size < 0) return fail(store_error(errno, "read the data file"));
  if (static_cast<std::size_t>(size) != page_bytes_) return damaged(number, "cannot be read whole");
  return page;
}

Result<std::vector<std::size_t>> TreeWalk::node_offsets(const std::string& page,
                                                        std::size_t number) const {
  const auto header = read_at<PageHeader>(page.data(), 0);
  if (header.lower < sizeof(PageHeader) || header.lower > header.upper ||
      header.upper > page_bytes_ || header.lower % 2 != 0) {
    return damaged(number, "has no sound list of entries");
  }
  std::vector<std::size_t> offsets;
  for (std::size_t at = sizeof(PageHeader); at < header.lower; at += 2) {
    const auto offset = read_at<std::uint16_t>(page.data(), at);
    if (offset < header.upper || offset + sizeof(Node) > page_bytes_) {
      return damaged(number, "has an entry outside of itself");
    }
    offsets.push_back(offset);
  }
  return offsets;
}

}  // namespace syncline::lmdb
