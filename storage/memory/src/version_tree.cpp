#include "version_tree.hpp"

#include <algorithm>
#include <utility>

namespace syncline::memory {
namespace {

int height(const NodePointer& node) { return node ? node->height : 0; }

void update_height(Node& node) {
  node.height = 1 + std::max(height(node.left), height(node.right));
}

// The node in the slot, after making sure that it belongs to this commit alone.
Node& editable(NodePointer& slot, std::uint64_t commit) {
  if (slot->commit != commit) {
    slot = std::make_shared<Node>(*slot);
    slot->commit = commit;
  }
  return *slot;
}

void rotate_right(NodePointer& slot, std::uint64_t commit) {
  Node& top = editable(slot, commit);
  Node& rising = editable(top.left, commit);
  NodePointer risen = std::move(top.left);
  top.left = std::move(rising.right);
  update_height(top);
  rising.right = std::move(slot);
  update_height(rising);
  slot = std::move(risen);
}

void rotate_left(NodePointer& slot, std::uint64_t commit) {
  Node& top = editable(slot, commit);
  Node& rising = editable(top.right, commit);
  NodePointer risen = std::move(top.right);
  top.right = std::move(rising.left);
  update_height(top);
  rising.left = std::move(slot);
  update_height(rising);
  slot = std::move(risen);
}

// Restores the balance of an editable node whose subtrees are balanced and differ by at most two.
void rebalance(NodePointer& slot, std::uint64_t commit) {
  Node& node = *slot;
  const int lean = height(node.left) - height(node.right);
  if (lean > 1) {
    if (height(node.left->left) < height(node.left->right)) rotate_left(node.left, commit);
    rotate_right(slot, commit);
  } else if (lean < -1) {
    if (height(node.right->right) < height(node.right->left)) rotate_right(node.right, commit);
    rotate_left(slot, commit);
  } else {
    update_height(node);
  }
}

// Answers whether the key is new.
bool put_below(NodePointer& slot, std::uint64_t commit, std::shared_ptr<const Entry> entry) {
  if (!slot) {
    slot = std::make_shared<Node>();
    slot->entry = std::move(entry);
    slot->commit = commit;
    return true;
  }
  Node& node = editable(slot, commit);
  const int order = entry->key.compare(node.entry->key);
  if (order == 0) {
    node.entry = std::move(entry);
    return false;
  }
  const bool is_new = put_below(order < 0 ? node.left : node.right, commit, std::move(entry));
  rebalance(slot, commit);
  return is_new;
}

std::shared_ptr<const Entry> take_first(NodePointer& slot, std::uint64_t commit) {
  Node& node = editable(slot, commit);
  if (!node.left) {
    std::shared_ptr<const Entry> entry = std::move(node.entry);
    NodePointer rest = std::move(node.right);
    slot = std::move(rest);
    return entry;
  }
  std::shared_ptr<const Entry> entry = take_first(node.left, commit);
  rebalance(slot, commit);
  return entry;
}

// The key is there.
void erase_below(NodePointer& slot, std::uint64_t commit, std::string_view key) {
  Node& node = editable(slot, commit);
  const int order = key.compare(node.entry->key);
  if (order != 0) {
    erase_below(order < 0 ? node.left : node.right, commit, key);
  } else if (node.left && node.right) {
    node.entry = take_first(node.right, commit);
  } else {
    NodePointer rest = std::move(node.left ? node.left : node.right);
    slot = std::move(rest);
    return;
  }
  rebalance(slot, commit);
}

}  // namespace

const Entry* VersionTree::find(std::string_view key) const {
  const Node* node = root_.get();
  while (node != nullptr) {
    const int order = key.compare(node->entry->key);
    if (order == 0) return node->entry.get();
    node = order < 0 ? node->left.get() : node->right.get();
  }
  return nullptr;
}

void VersionTree::put(std::uint64_t commit, Entry entry) {
  if (put_below(root_, commit, std::make_shared<const Entry>(std::move(entry)))) ++size_;
}

void VersionTree::erase(std::uint64_t commit, std::string_view key) {
  if (find(key) == nullptr) return;
  erase_below(root_, commit, key);
  --size_;
}

bool VersionWalk::seek(std::string_view key) {
  path_.clear();
  std::size_t found = 0;  // the length of the path to the best node so far
  for (const Node* node = root_; node != nullptr;) {
    path_.push_back(node);
    const int order = key.compare(node->entry->key);
    if (order <= 0) found = path_.size();
    if (order == 0) break;
    node = order < 0 ? node->left.get() : node->right.get();
  }
  path_.resize(found);
  return found != 0;
}

bool VersionWalk::seek_before(std::string_view key) {
  path_.clear();
  std::size_t found = 0;
  for (const Node* node = root_; node != nullptr;) {
    path_.push_back(node);
    const bool before = key.compare(node->entry->key) > 0;
    if (before) found = path_.size();
    node = before ? node->right.get() : node->left.get();
  }
  path_.resize(found);
  return found != 0;
}

bool VersionWalk::seek_last() {
  path_.clear();
  for (const Node* node = root_; node != nullptr; node = node->right.get()) path_.push_back(node);
  return !path_.empty();
}

bool VersionWalk::next() {
  if (path_.empty()) return false;
  if (const Node* node = path_.back()->right.get()) {
    for (; node != nullptr; node = node->left.get()) path_.push_back(node);
    return true;
  }
  const Node* child = nullptr;
  do {
    child = path_.back();
    path_.pop_back();
  } while (!path_.empty() && path_.back()->right.get() == child);
  return !path_.empty();
}

bool VersionWalk::previous() {
  if (path_.empty()) return false;
  if (const Node* node = path_.back()->left.get()) {
    for (; node != nullptr; node = node->right.get()) path_.push_back(node);
    return true;
  }
  const Node* child = nullptr;
  do {
    child = path_.back();
    path_.pop_back();
  } while (!path_.empty() && path_.back()->left.get() == child);
  return !path_.empty();
}

}  // namespace syncline::memory
