#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace syncline::memory {

struct Entry {
  std::string key;
  std::string value;
};

// A node is changed only by the commit whose number it carries, which is not yet visible to
// anybody; every later commit copies it first.
struct Node {
  std::shared_ptr<const Entry> entry;
  std::shared_ptr<Node> left;
  std::shared_ptr<Node> right;
  std::uint64_t commit = 0;
  int height = 1;
};
using NodePointer = std::shared_ptr<Node>;

// One version of one keyspace: a balanced (AVL) search tree. Copying it is a pointer copy, and a
// change of the copy duplicates only the path to what changes.
//
// Thread safety: any number of threads may read one version, or copy it, while a copy is changed.
class VersionTree {
 public:
  [[nodiscard]] const Node* root() const { return root_.get(); }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  // The entry under the key, or null. It lives as long as a version that holds it.
  [[nodiscard]] const Entry* find(std::string_view key) const;

  // `commit` is greater than that of every commit before.
  void put(std::uint64_t commit, Entry entry);
  void erase(std::uint64_t commit, std::string_view key);

 private:
  NodePointer root_;
  std::uint64_t size_ = 0;
};

// Walks a version that the caller keeps alive.
//
// Thread safety: none; one thread at a time.
class VersionWalk {
 public:
  explicit VersionWalk(const VersionTree& tree) : root_(tree.root()) {}

  // Each answers whether the walk now stands on an entry.
  bool seek(std::string_view key);         // first key >= key
  bool seek_before(std::string_view key);  // last key < key
  bool seek_last();
  bool next();
  bool previous();
  [[nodiscard]] const Entry* entry() const {
    return path_.empty() ? nullptr : path_.back()->entry.get();
  }

 private:
  const Node* root_;
  std::vector<const Node*> path_;  // from the root to the node it stands on
};

}  // namespace syncline::memory
