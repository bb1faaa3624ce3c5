#include "strategy/list_tree.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace syncline::strategy {
namespace {

constexpr char kBefore = '\x00';
constexpr char kAfter = '\x01';
constexpr std::size_t kPlaceBytes = kTagBytes + 1 + kTagBytes;
constexpr std::size_t kMovedBytes = kPlaceBytes + kTagBytes;

// The id of the root, which is no node.
std::string_view root() {
  static const std::string kRoot(kTagBytes, '\0');
  return kRoot;
}

bool is_node(std::string_view element) {
  if (element.size() != kPlaceBytes && element.size() != kMovedBytes) return false;
  return element[kTagBytes] == kBefore || element[kTagBytes] == kAfter;
}

std::optional<ListNode> node_of(const SlotView& slot) {
  const std::string_view element = slot.element;
  if (!is_node(element)) return std::nullopt;
  return ListNode{element.substr(0, kTagBytes), element[kTagBytes] == kAfter,
                  element.substr(kTagBytes + 1, kTagBytes), element.substr(kPlaceBytes), &slot};
}

std::string element_at(const ListPlace& place, std::string_view id) {
  std::string element(place.parent);
  element.push_back(place.is_after ? kAfter : kBefore);
  return element.append(id);
}

}  // namespace

std::string_view moved_item(std::string_view element) {
  return is_node(element) ? element.substr(kPlaceBytes) : std::string_view();
}

ListPlace place_under_root() { return {root(), true}; }

std::string under_root(std::string_view id) { return element_at(place_under_root(), id); }

bool is_list_item(std::string_view element) {
  return is_node(element) && element.size() == kPlaceBytes;
}

ListTree::ListTree(std::span<const SlotView> slots) {
  nodes_.reserve(slots.size());
  for (const SlotView& slot : slots) {
    if (const auto node = node_of(slot)) nodes_.push_back(*node);
  }
  parents_.reserve(nodes_.size());
  for (const ListNode& node : nodes_) parents_.push_back(key_of(node.parent));
  is_visited_.resize(nodes_.size());
  is_had_.resize(nodes_.size());
  at_.resize(nodes_.size());
  walk_.reserve(nodes_.size());
  walk_all();
  show();
}

ListTree::Key ListTree::key_of(std::string_view id) {
  const auto number = [&id](std::size_t at, std::size_t size_bytes) {
    std::uint64_t bits = 0;
    for (std::size_t i = at; i < at + size_bytes; ++i)
      bits = bits << 8U | static_cast<std::uint8_t>(id[i]);
    return bits;
  };
  return {number(0, 8), number(8, 8), static_cast<std::uint16_t>(number(16, 2))};
}

ListTree::Children ListTree::children_of(std::string_view id) const {
  const Key key = key_of(id);
  auto at = static_cast<std::size_t>(std::lower_bound(parents_.begin(), parents_.end(), key) -
                                     parents_.begin());
  const auto take = [&](bool is_after) {
    const std::size_t first = at;
    while (at < nodes_.size() && nodes_[at].is_after == is_after && parents_[at] == key) ++at;
    return std::span(nodes_).subspan(first, at - first);
  };
  const auto before = take(false);
  return {before, take(true)};
}

ListTree::Children ListTree::take_children(std::string_view id) {
  const Children children = children_of(id);
  const auto& some = children.before.empty() ? children.after : children.before;
  if (some.empty()) return {};
  const std::size_t first = index_of(some.front());
  if (is_had_[first]) return {};
  is_had_[first] = true;
  return children;
}

std::size_t ListTree::first_ordinal(const Stamp& stamp) const {
  const std::string encoded = encode_stamp(stamp);
  std::size_t first = 0;
  for (const ListNode& node : nodes_) first = std::max(first, ordinal_behind(node.id, encoded));
  return first;
}

std::vector<std::string_view> ListTree::ids() const {
  std::vector<std::string_view> ids;
  ids.reserve(nodes_.size());
  for (const ListNode& node : nodes_) ids.push_back(node.id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

void ListTree::walk_all() {
  const Children first = take_children(root());
  for (const ListNode& node : first.before) walk(node);
  for (const ListNode& node : first.after) walk(node);
  if (walk_.size() == nodes_.size()) return;
  const auto known = ids();
  for (const ListNode& node : nodes_) {
    if (!std::binary_search(known.begin(), known.end(), node.parent)) walk(node);
  }
  for (const ListNode& node : nodes_) walk(node);
}

// A list that was typed in one go is as deep as it is long, hence the stack.
void ListTree::walk(const ListNode& start) {
  std::vector<std::pair<const ListNode*, bool>> stack{{&start, false}};
  const auto push = [&](std::span<const ListNode> nodes) {
    for (auto child = nodes.rbegin(); child != nodes.rend(); ++child)
      stack.emplace_back(&*child, false);
  };
  while (!stack.empty()) {
    const auto [node, is_entered] = stack.back();
    stack.pop_back();
    const std::size_t index = index_of(*node);
    if (is_entered) {
      at_[index] = walk_.size();
      walk_.push_back(node);
    } else if (!is_visited_[index]) {
      is_visited_[index] = true;
      const Children children = take_children(node->id);
      push(children.after);
      stack.emplace_back(node, true);
      push(children.before);
    }
  }
}

void ListTree::show() {
  using Rank = std::pair<Stamp, std::string_view>;
  std::map<std::string_view, Rank> moved;                 // by item, the latest place
  std::map<std::string_view, const ListNode*> movements;  // by item, the node that holds it
  for (const ListNode& node : nodes_) {
    if (node.item.empty() || !node.slot->is_live()) continue;
    Rank& rank = moved[node.item];
    rank = std::max(rank, Rank(node.slot->stamp, node.slot->element));
    movements.emplace(node.item, nullptr);
  }
  if (!moved.empty()) {
    for (const ListNode& node : nodes_) {
      const auto found = node.item.empty() ? movements.find(node.id) : movements.end();
      if (found != movements.end() && found->second == nullptr) found->second = &node;
    }
  }
  for (const ListNode* node : walk_) {
    const ListNode* holder = node;
    if (!node->item.empty()) {
      const auto latest = moved.find(node->item);
      const bool is_here = latest != moved.end() && latest->second.second == node->slot->element;
      holder = is_here ? movements.find(node->item)->second : nullptr;
    } else if (const auto found = movements.find(node->id);
               found != movements.end() && found->second == node) {
      holder = nullptr;
    }
    if (holder != nullptr && holder->slot->is_live())
      items_.push_back({holder->slot, holder->id, node});
  }
}

ListPlace ListTree::place_first() const {
  if (walk_.empty()) return {root(), true};
  return {walk_.front()->id, false};
}

ListPlace ListTree::place_behind(const ListNode& node) const {
  const std::size_t next = at_[index_of(node)] + 1;
  if (next < walk_.size() && !children_of(node.id).after.empty()) return {walk_[next]->id, false};
  return {node.id, true};
}

std::string ListPlaces::make(std::string_view item) {
  const ListPlace place = !made_.empty()       ? ListPlace{made_, true}
                          : behind_ != nullptr ? tree_.place_behind(*behind_)
                          : begin_             ? *begin_
                                               : tree_.place_first();
  std::string id = tag_of(stamp_, ordinal_++);
  std::string element = element_at(place, id).append(item);
  made_ = std::move(id);
  return element;
}

}  // namespace syncline::strategy
