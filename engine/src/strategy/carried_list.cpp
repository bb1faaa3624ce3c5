#include "strategy/carried_list.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "crypto/sodium_library.hpp"
#include "strategy/list_tree.hpp"

namespace syncline::strategy {
namespace {

std::string encoded_true() { return *encode_value(Value(true)); }

// The items that are there by their names, and where.
class Present {
 public:
  Present(const ListTree& tree, std::span<const SlotView> slots) {
    for (const SlotView& slot : slots) {
      slots_.emplace(slot.element, &slot);
      if (slot.is_live()) moved_.insert(moved_item(slot.element));
    }
    for (const ListItem& item : tree.items()) places_.emplace(item.slot->element, item.node);
  }

  // The node at which the item is shown, or null.
  [[nodiscard]] const ListNode* place(std::string_view element) const {
    const auto found = places_.find(element);
    return found == places_.end() ? nullptr : found->second;
  }
  [[nodiscard]] bool is_beaten(std::string_view element, const CarriedItem& item) const {
    const auto found = slots_.find(element);
    return found == slots_.end() ||
           beats(item.stamp, item.value, found->second->stamp, found->second->value);
  }
  [[nodiscard]] bool is_moved(std::string_view id) const { return moved_.contains(id); }

 private:
  std::map<std::string_view, const SlotView*> slots_;   // by element
  std::map<std::string_view, const ListNode*> places_;  // by the element that holds the item
  std::set<std::string_view> moved_;                    // the ids
};

// The names of the items, in their order.
std::vector<std::string> carried_ids(const std::vector<CarriedItem>& items) {
  std::map<std::string_view, std::uint32_t> counts;
  std::vector<std::string> ids;
  ids.reserve(items.size());
  for (const CarriedItem& item : items) ids.push_back(carried_id(item.value, counts[item.value]++));
  return ids;
}

}  // namespace

std::string carried_id(std::string_view item, std::uint32_t occurrence) {
  std::string named;
  for (const unsigned shift : {24U, 16U, 8U, 0U})
    named.push_back(static_cast<char>(static_cast<std::uint8_t>(occurrence >> shift)));
  // No stamp that a clock gives begins so.
  return "\xFF\xFF" + crypto::digest_bytes(named.append(item));
}

Result<std::vector<Carried>> carry_into_list(const std::vector<CarriedItem>& items,
                                             std::span<const SlotView> slots, const Stamp& stamp) {
  const ListTree tree(slots);
  const Present present(tree, slots);
  const auto ids = carried_ids(items);
  ListPlaces places(tree, stamp);
  if (auto ok = check_tag_count(places.next_ordinal() + items.size()); !ok) return fail(ok.error());
  const ListNode* first = nullptr;
  for (std::size_t i = 0; first == nullptr && i < ids.size(); ++i)
    first = present.place(under_root(ids[i]));
  places.begin_at(first == nullptr ? place_under_root() : ListPlace{first->id, false});
  std::vector<Carried> carried;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const std::string element = under_root(ids[i]);
    const CarriedItem& item = items[i];
    if (present.is_beaten(element, item)) {
      carried.push_back({element, item.stamp, item.value});
      if (!present.is_moved(ids[i])) {
        carried.push_back({places.make(ids[i]), item.stamp, encoded_true()});
        continue;
      }
    }
    if (const ListNode* place = present.place(element)) places.stand_behind(*place);
  }
  return carried;
}

std::vector<SlotWrite> name_inserted(std::vector<SlotWrite> writes,
                                     std::span<const SlotView> slots) {
  const ListTree tree(slots);
  std::set<std::string> taken;
  for (const ListItem& item : tree.items()) taken.emplace(item.slot->element);
  std::set<std::string_view> known;
  for (const SlotView& slot : slots) known.insert(slot.element);
  std::map<std::string, std::uint32_t> next;  // of each value, a number that may be free
  std::vector<SlotWrite> named;
  for (SlotWrite& write : writes) {
    if (known.contains(write.element) || !is_list_item(write.element)) {
      named.push_back(std::move(write));
      continue;
    }
    std::uint32_t& occurrence = next[write.value];
    std::string id = carried_id(write.value, occurrence);
    while (!taken.insert(under_root(id)).second) id = carried_id(write.value, ++occurrence);
    named.push_back({under_root(id), std::move(write.value)});
    named.push_back({write.element + id, encoded_true()});
  }
  return named;
}

}  // namespace syncline::strategy
