#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "strategy/strategy.hpp"
#include "strategy/tag.hpp"

// The tree that a list's places are the nodes of (spec/merge.md, list).

namespace syncline::strategy {

// A place, as the element of its slot says; it borrows from the slot.
struct ListNode {
  std::string_view parent;
  bool is_after = false;  // its parent, or else before
  std::string_view id;
  std::string_view item;  // the item that was moved here; empty for an inserted one
  const SlotView* slot = nullptr;
};

// Whether the slot of this element holds an item, and is not the place that one was moved to.
[[nodiscard]] bool is_list_item(std::string_view element);

// The item that was moved to the place of this element; empty for any other element.
[[nodiscard]] std::string_view moved_item(std::string_view element);

// An item that is shown: the slot that holds it, its id, and the node at which it stands.
struct ListItem {
  const SlotView* slot = nullptr;
  std::string_view id;
  const ListNode* node = nullptr;
};

// Where a new node hangs.
struct ListPlace {
  std::string_view parent;
  bool is_after = true;
};

// Behind the root, and the element of a node of this id there.
[[nodiscard]] ListPlace place_under_root();
[[nodiscard]] std::string under_root(std::string_view id);

// Borrows the slots of one field, ascending by element. Takes any slots, whoever wrote them.
//
// Thread safety: none.
class ListTree {
 public:
  explicit ListTree(std::span<const SlotView> slots);
  ListTree(const ListTree&) = delete;
  ListTree& operator=(const ListTree&) = delete;

  // Whether there is no place at all.
  [[nodiscard]] bool empty() const { return nodes_.empty(); }
  // The first ordinal that the stamp may make a place with.
  [[nodiscard]] std::size_t first_ordinal(const Stamp& stamp) const;
  // The items in their order.
  [[nodiscard]] const std::vector<ListItem>& items() const { return items_; }

  // Where what comes first hangs, and what comes directly behind a node.
  [[nodiscard]] ListPlace place_first() const;
  [[nodiscard]] ListPlace place_behind(const ListNode& node) const;

 private:
  // An id as numbers, which are found faster than bytes that lie all over.
  struct Key {
    std::uint64_t high = 0;
    std::uint64_t middle = 0;
    std::uint16_t low = 0;

    auto operator<=>(const Key&) const = default;
  };
  // The nodes that hang from one node.
  struct Children {
    std::span<const ListNode> before;
    std::span<const ListNode> after;
  };
  [[nodiscard]] static Key key_of(std::string_view id);
  [[nodiscard]] Children children_of(std::string_view id) const;
  // The children that the walk has not had yet: those of an id are had once, whoever made it twice.
  [[nodiscard]] Children take_children(std::string_view id);
  [[nodiscard]] std::size_t index_of(const ListNode& node) const {
    return static_cast<std::size_t>(&node - nodes_.data());
  }
  [[nodiscard]] std::vector<std::string_view> ids() const;
  void walk_all();
  void walk(const ListNode& start);
  void show();

  std::vector<ListNode> nodes_;        // ascending by element
  std::vector<Key> parents_;           // of each node
  std::vector<const ListNode*> walk_;  // as they are visited
  std::vector<bool> is_visited_;
  std::vector<bool> is_had_;     // by the first of the children
  std::vector<std::size_t> at_;  // where in the walk each node is
  std::vector<ListItem> items_;
};

// Makes the nodes of one mutation, each behind the one before. It borrows the tree.
//
// Thread safety: none.
class ListPlaces {
 public:
  ListPlaces(const ListTree& tree, const Stamp& stamp)
      : tree_(tree), stamp_(stamp), ordinal_(tree.first_ordinal(stamp)) {}

  // The next one hangs there, if none was made and none stood behind.
  void begin_at(const ListPlace& place) { begin_ = place; }
  // The next one is made behind this node; until then, at the beginning.
  void stand_behind(const ListNode& node) {
    behind_ = &node;
    made_.clear();
  }
  // The element of a new place; of one that an item is moved to, if it is given.
  [[nodiscard]] std::string make(std::string_view item = {});
  // That of the next one.
  [[nodiscard]] std::size_t next_ordinal() const { return ordinal_; }

 private:
  const ListTree& tree_;
  Stamp stamp_;
  std::size_t ordinal_;
  std::optional<ListPlace> begin_;
  const ListNode* behind_ = nullptr;
  std::string made_;  // the id of the one before
};

}  // namespace syncline::strategy
