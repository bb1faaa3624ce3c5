#include "lmdb_tree_walk.hpp"

#include <cerrno>
#include <unistd.h>

#include "lmdb_checksum.hpp"
#include "lmdb_errors.hpp"
#include "syncline/store.hpp"

namespace syncline::lmdb {
namespace {

tl::unexpected<Error> damaged(std::size_t page, const std::string& what) {
  return fail(Code::kStoreCorrupt, "page " + std::to_string(page) + " of the store " + what);
}

std::optional<std::uint8_t> database_of(std::string_view name) {
  if (name == database_name(kHeaderDatabase)) return kHeaderDatabase;
  for (std::uint8_t keyspace = 0; keyspace < kKeyspaceCount; ++keyspace) {
    if (name == database_name(keyspace)) return keyspace;
  }
  return std::nullopt;
}

std::string key_at(const std::string& page, std::size_t offset) {
  return page.substr(offset + sizeof(Node), read_at<Node>(page.data(), offset).key_bytes);
}

// What the page has at an offset is rounded up to an even size.
std::size_t rounded(std::size_t bytes) { return (bytes + 1) / 2 * 2; }

bool checksum_is_right(std::uint8_t database, std::string_view key, std::string_view stored) {
  if (stored.size() < kChecksumBytes) return false;
  std::string expected(stored.size(), '\0');
  write_checked(database, key, stored.substr(kChecksumBytes), expected.data());
  return expected == stored;
}

}  // namespace

Result<void> TreeWalk::check() {
  // The pages in use come first, so that the list of free ones can be held against them.
  if (auto checked = tolerate(check_tree(meta_.main, {Kind::kTrees, {}})); !checked) return checked;
  return tolerate(check_tree(meta_.free_pages, {Kind::kFreePages, {}}));
}

Result<void> TreeWalk::tolerate(Result<void> checked) {
  if (checked || !observer_.fault || checked.error().code != Code::kStoreCorrupt) return checked;
  ++faults_;
  observer_.fault({true, std::move(checked.error().message)});
  return {};
}

Result<void> TreeWalk::check_tree(const Tree& tree, Walked walked) {
  const unsigned flags = walked.kind == Kind::kFreePages ? kIntegerKeys : 0U;
  if (tree.flags != flags) return damaged(tree.root, "has a tree of another order");
  const std::size_t faults_before = faults_;
  if (tree.root != kNoPage) {
    if (tree.depth == 0 || tree.depth > kDepthMax) {
      return damaged(tree.root, "has a tree of no depth");
    }
    if (Result<void> checked = check_page(tree.root, tree.depth, walked, {}); !checked) {
      return checked;
    }
  }
  if (faults_ == faults_before && walked.entries != tree.entries)
    return damaged(tree.root, "has a tree of another size");
  return {};
}

Result<void> TreeWalk::check_page(std::size_t number, unsigned depth, Walked& walked,
                                  const Bounds& bounds) {
  const Result<std::string> page = read(number, 1);
  if (!page) return fail(page.error());
  const auto header = read_at<PageHeader>(page->data(), 0);
  if (header.number != number) return damaged(number, "bears another number");
  const PageFlag kind = depth > 1 ? kBranch : kLeaf;
  if (header.flags != kind) return damaged(number, "is of the wrong kind");
  return depth > 1 ? check_branch(*page, number, depth, walked, bounds)
                   : check_leaf(*page, number, walked, bounds);
}

Result<void> TreeWalk::check_branch(const std::string& page, std::size_t number, unsigned depth,
                                    Walked& walked, const Bounds& bounds) {
  const Result<std::vector<std::size_t>> offsets = node_offsets(page, number);
  if (!offsets) return fail(offsets.error());
  // LMDB ends the process over a branch with one way on, except among the free pages.
  if (offsets->size() < (walked.kind == Kind::kFreePages ? 1U : 2U)) {
    return damaged(number, "leads nowhere");
  }
  // The first key says nothing: what is less than the second is there.
  std::vector<std::string> keys;
  for (std::size_t i = 1; i < offsets->size(); ++i) keys.push_back(key_at(page, (*offsets)[i]));
  auto ordered = tolerate(check_order(keys, number, walked.kind, bounds));
  if (!ordered) return ordered;
  for (std::size_t i = 0; i < offsets->size(); ++i) {
    Bounds below = bounds;
    if (i > 0) below.from = keys[i - 1];
    if (i < keys.size()) below.to = keys[i];
    const std::size_t child = read_at<Node>(page.data(), (*offsets)[i]).child();
    auto checked = tolerate(check_page(child, depth - 1, walked, below));
    if (!checked) return checked;
  }
  return {};
}

Result<void> TreeWalk::check_leaf(const std::string& page, std::size_t number, Walked& walked,
                                  const Bounds& bounds) {
  const Result<std::vector<std::size_t>> offsets = node_offsets(page, number);
  if (!offsets) return fail(offsets.error());
  if (offsets->empty()) return damaged(number, "is empty");
  std::vector<std::string> keys;
  for (const std::size_t offset : *offsets) keys.push_back(key_at(page, offset));
  auto ordered = tolerate(check_order(keys, number, walked.kind, bounds));
  if (!ordered) return ordered;
  for (const std::size_t offset : *offsets) {
    if (auto checked = tolerate(check_entry(page, number, offset, walked)); !checked) {
      return checked;
    }
  }
  walked.entries += offsets->size();
  return {};
}

Result<void> TreeWalk::check_entry(const std::string& page, std::size_t number, std::size_t offset,
                                   const Walked& walked) {
  const auto node = read_at<Node>(page.data(), offset);
  const std::string key = key_at(page, offset);
  const std::size_t data = offset + sizeof(Node) + node.key_bytes;
  const bool big = node.flags == kBigData;
  const bool tree = node.flags == kSubTree;
  if (tree != (walked.kind == Kind::kTrees) || (!big && !tree && node.flags != 0) ||
      (tree && node.data_bytes() != sizeof(Tree))) {
    return damaged(number, "has an entry of the wrong kind");
  }
  if (tree) {
    return check_tree(read_at<Tree>(page.data(), data), {Kind::kValues, database_of(key)});
  }
  const Result<std::string> value =
      big ? read_overflow(read_at<std::size_t>(page.data(), data), node.data_bytes())
          : page.substr(data, node.data_bytes());
  if (!value) return fail(value.error());
  if (walked.kind == Kind::kFreePages) return check_free_pages(number, key, *value);
  if (walked.database && !checksum_is_right(*walked.database, key, *value)) {
    auto fault = damaged(number, "has an entry \"" + printable(key) + "\" of " +
                                     std::string(database_name(*walked.database)) +
                                     " whose checksum does not match");
    // Every other entry can be read all the same, save where there is only this one.
    if (!observer_.fault || *walked.database == kHeaderDatabase) return fault;
    observer_.fault({false, std::move(fault.value().message)});
    return {};
  }
  if (!walked.database || !observer_.entry) return {};
  return observer_.entry(*walked.database, key, std::string_view(*value).substr(kChecksumBytes));
}

Result<void> TreeWalk::check_free_pages(std::size_t number, std::string_view transaction,
                                        const std::string& pages) {
  constexpr std::size_t kNumberBytes = sizeof(std::size_t);
  const std::size_t room = pages.size() / kNumberBytes;
  const std::size_t count = room == 0 ? 0 : read_at<std::size_t>(pages.data(), 0);
  if (room == 0 || count > room - 1 ||
      read_at<std::size_t>(transaction.data(), 0) > meta_.transaction) {
    return damaged(number, "has no sound list of free pages");
  }
  std::size_t previous = meta_.last_page + 1;
  for (std::size_t i = 1; i <= count; ++i) {
    const auto page = read_at<std::size_t>(pages.data(), i * kNumberBytes);
    if (page < kFirstDataPage || page >= previous) {
      return damaged(number, "has no sound list of free pages");
    }
    previous = page;
    // One behind the end of the file has no use.
    if (page >= taken_.size()) continue;
    if (Result<void> taken = take(page, 1); !taken) return taken;
  }
  return {};
}

Result<void> TreeWalk::check_order(const std::vector<std::string>& keys, std::size_t number,
                                   Kind kind, const Bounds& bounds) const {
  const auto less = [kind](const std::string& one, const std::string& other) {
    if (kind != Kind::kFreePages) return one < other;
    return read_at<std::size_t>(one.data(), 0) < read_at<std::size_t>(other.data(), 0);
  };
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const bool sound =
        kind == Kind::kFreePages ? keys[i].size() == sizeof(std::size_t) : !keys[i].empty();
    if (!sound) return damaged(number, "has a key of the wrong size");
    const bool begins =
        i > 0 ? less(keys[i - 1], keys[i]) : !bounds.from || !less(keys[i], *bounds.from);
    if (!begins || (bounds.to && !less(keys[i], *bounds.to))) {
      return damaged(number, "has a key in the wrong place");
    }
  }
  return {};
}

Result<std::string> TreeWalk::read_overflow(std::size_t number, std::size_t data_bytes) {
  const std::size_t needed = overflow_pages(data_bytes, page_bytes_);
  Result<std::string> pages = read(number, needed);
  if (!pages) return pages;
  const auto header = read_at<PageHeader>(pages->data(), 0);
  // A value that became shorter keeps its pages.
  const auto count = read_at<std::uint32_t>(pages->data(), offsetof(PageHeader, lower));
  if (header.number != number || header.flags != kOverflow || count < needed) {
    return damaged(number, "is not the long value that it should be");
  }
  if (count > needed) {
    if (Result<void> taken = take(number + needed, count - needed); !taken) {
      return fail(taken.error());
    }
  }
  return pages->substr(sizeof(PageHeader), data_bytes);
}

Result<std::string> TreeWalk::read(std::size_t number, std::size_t count) {
  if (Result<void> taken = take(number, count); !taken) return fail(taken.error());
  std::string pages(count * page_bytes_, '\0');
  const ssize_t size =
      ::pread(file_, pages.data(), pages.size(), static_cast<off_t>(number * page_bytes_));
  if (size < 0) return fail(store_error(errno, "read the data file"));
  if (static_cast<std::size_t>(size) != pages.size())
    return damaged(number, "cannot be read whole");
  return pages;
}

Result<void> TreeWalk::take(std::size_t number, std::size_t count) {
  if (number < kFirstDataPage || number > meta_.last_page || count > meta_.last_page - number + 1) {
    return damaged(number, "is not one that a sound store leads to");
  }
  if ((std::uint64_t{number} + count) * page_bytes_ > file_bytes_) {
    return damaged(number, "lies behind the end of the file, which was cut off");
  }
  for (std::size_t page = number; page < number + count; ++page) {
    if (taken_[page]) return damaged(page, "has two uses");
    taken_[page] = true;
  }
  pages_ += count;
  if (observer_.progress && !observer_.progress(pages_, meta_.last_page + 1 - kFirstDataPage)) {
    return fail(Code::kCancelled, "the check was stopped");
  }
  return {};
}

Result<std::vector<std::size_t>> TreeWalk::node_offsets(const std::string& page,
                                                        std::size_t number) const {
  const auto header = read_at<PageHeader>(page.data(), 0);
  if (header.lower < sizeof(PageHeader) || header.lower > header.upper ||
      header.upper > page_bytes_ || header.lower % 2 != 0) {
    return damaged(number, "has no sound list of entries");
  }
  std::vector<std::size_t> offsets;
  std::size_t bytes = 0;
  for (std::size_t at = sizeof(PageHeader); at < header.lower; at += 2) {
    const auto offset = read_at<std::uint16_t>(page.data(), at);
    if (offset < header.upper || offset % 2 != 0 || offset + sizeof(Node) > page_bytes_) {
      return damaged(number, "has an entry outside of itself");
    }
    const auto node = read_at<Node>(page.data(), offset);
    std::size_t size = sizeof(Node) + node.key_bytes;
    if (header.flags == kLeaf) {
      size += node.flags == kBigData ? sizeof(std::size_t) : node.data_bytes();
    }
    if (offset + size > page_bytes_) return damaged(number, "has an entry that passes its end");
    bytes += rounded(size);
    offsets.push_back(offset);
  }
  if (bytes != page_bytes_ - header.upper) return damaged(number, "has entries that overlap");
  return offsets;
}

}  // namespace syncline::lmdb
