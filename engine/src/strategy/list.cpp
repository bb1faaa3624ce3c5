#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "strategy/list_tree.hpp"
#include "strategy/strategy.hpp"

namespace syncline::strategy {
namespace {

using Writes = Result<std::vector<SlotWrite>>;

Result<std::vector<std::string>> encode_items(std::span<const Value> items, FieldType type) {
  std::vector<std::string> encoded;
  encoded.reserve(items.size());
  for (const Value& item : items) {
    auto one = encode_typed(item, type);
    if (!one) return fail(one.error());
    encoded.push_back(std::move(*one));
  }
  return encoded;
}

Result<void> check_index(std::size_t index, std::size_t end, const ListTree& tree) {
  if (index < end) return {};
  return fail(Code::kInvalidArgument, "the index " + std::to_string(index) +
                                          " is beyond the list, which has " +
                                          std::to_string(tree.items().size()) + " items");
}

const std::string& encoded_true() {
  static const std::string kTrue = *encode_value(Value(true));
  return kTrue;
}

// Which of these indexes, that differ, stay where they are when all are put in ascending order: a
// longest ascending run, found by patience sorting.
std::vector<bool> longest_run(const std::vector<std::size_t>& indexes) {
  constexpr auto kNone = static_cast<std::size_t>(-1);
  std::vector<std::size_t> tops;  // of each pile, where in `indexes` it is
  std::vector<std::size_t> before(indexes.size(), kNone);
  for (std::size_t i = 0; i < indexes.size(); ++i) {
    const auto pile =
        std::lower_bound(tops.begin(), tops.end(), indexes[i],
                         [&](std::size_t top, std::size_t index) { return indexes[top] < index; });
    if (pile != tops.begin()) before[i] = *(pile - 1);
    if (pile == tops.end()) {
      tops.push_back(i);
    } else {
      *pile = i;
    }
  }
  std::vector<bool> stays(indexes.size());
  for (std::size_t i = tops.empty() ? kNone : tops.back(); i != kNone; i = before[i])
    stays[i] = true;
  return stays;
}

// A sequence whose places are the nodes of a tree that only grows, so that no element ever gets
// longer (Weidner and Kleppmann, The Art of the Fugue, 2023). An item that is moved has a new place
// beside the old one, and the latest wins (Kleppmann, Moving Elements in List CRDTs, 2020).
class List final : public Strategy {
 public:
  Writes write(const Mutation& mutation, std::span<const SlotView> slots,
               const WriteContext& context) const override {
    if (std::holds_alternative<Clear>(mutation)) return tombstones(slots);
    const ListTree tree(slots);
    if (const auto* insertion = std::get_if<Insert>(&mutation))
      return insert(tree, insertion->index, insertion->items, context);
    if (const auto* addition = std::get_if<Add>(&mutation))
      return insert(tree, tree.items().size(), addition->items, context);
    if (const auto* movement = std::get_if<Move>(&mutation)) return move(tree, *movement, context);
    if (const auto* edit = std::get_if<PutAt>(&mutation)) return put_at(tree, *edit, context);
    if (const auto* removal = std::get_if<RemoveAt>(&mutation)) return remove_at(tree, *removal);
    if (const auto* put = std::get_if<Put>(&mutation)) return put_all(tree, put->value, context);
    return wrong_strategy("list");
  }

  std::optional<Value> resolve(std::span<const SlotView> slots, const Stamp&) const override {
    const ListTree tree(slots);
    if (tree.empty()) return std::nullopt;
    Value::Array items;
    items.reserve(tree.items().size());
    for (const ListItem& item : tree.items()) {
      if (auto value = decode_value(item.slot->value)) items.push_back(std::move(*value));
    }
    return Value(std::move(items));
  }

 private:
  static Writes insert(const ListTree& tree, std::size_t index, const std::vector<Value>& items,
                       const WriteContext& context) {
    auto encoded = encode_items(items, context.type);
    if (!encoded) return fail(encoded.error());
    if (auto ok = check_index(index, tree.items().size() + 1, tree); !ok) return fail(ok.error());
    ListPlaces places(tree, context.stamp);
    if (auto ok = check_tag_count(places.next_ordinal() + items.size()); !ok)
      return fail(ok.error());
    if (index > 0) places.stand_behind(*tree.items()[index - 1].node);
    std::vector<SlotWrite> writes;
    for (std::string& item : *encoded) writes.push_back({places.make(), std::move(item)});
    return writes;
  }

  static Writes move(const ListTree& tree, const Move& movement, const WriteContext& context) {
    const auto& items = tree.items();
    for (const std::size_t index : {movement.from, movement.to}) {
      if (auto ok = check_index(index, items.size(), tree); !ok) return fail(ok.error());
    }
    if (movement.from == movement.to) return std::vector<SlotWrite>{};
    // Behind what comes before it afterwards, among the others.
    const std::size_t behind = movement.to < movement.from ? movement.to - 1 : movement.to;
    ListPlaces places(tree, context.stamp);
    if (movement.to > 0) places.stand_behind(*items[behind].node);
    if (auto ok = check_tag_count(places.next_ordinal() + 1); !ok) return fail(ok.error());
    return std::vector<SlotWrite>{{places.make(items[movement.from].id), encoded_true()}};
  }

  static Writes put_at(const ListTree& tree, const PutAt& edit, const WriteContext& context) {
    auto encoded = encode_typed(edit.value, context.type);
    if (!encoded) return fail(encoded.error());
    if (auto ok = check_index(edit.index, tree.items().size(), tree); !ok) return fail(ok.error());
    return std::vector<SlotWrite>{
        {std::string(tree.items()[edit.index].slot->element), std::move(*encoded)}};
  }

  static Writes remove_at(const ListTree& tree, const RemoveAt& removal) {
    const auto& items = tree.items();
    if (auto ok = check_index(removal.index, items.size() + 1, tree); !ok) return fail(ok.error());
    if (removal.count > items.size() - removal.index) {
      return fail(Code::kInvalidArgument, std::to_string(removal.count) + " items from index " +
                                              std::to_string(removal.index) +
                                              " are more than the list has, which is " +
                                              std::to_string(items.size()));
    }
    std::vector<SlotWrite> writes;
    for (std::size_t i = removal.index; i < removal.index + removal.count; ++i)
      writes.push_back({std::string(items[i].slot->element), std::string(kTombstone)});
    return writes;
  }

  static Writes put_all(const ListTree& tree, const Value& value, const WriteContext& context) {
    const auto* wanted = value.if_array();
    if (wanted == nullptr)
      return fail(Code::kTypeMismatch, "a list is put as an array of its items");
    auto encoded = encode_items(*wanted, context.type);
    if (!encoded) return fail(encoded.error());
    const auto& items = tree.items();
    // Each wanted item has the index of the first present one that is alike and not taken yet.
    constexpr auto kNew = static_cast<std::size_t>(-1);
    std::map<std::string_view, std::vector<std::size_t>> left;  // descending
    for (std::size_t i = items.size(); i > 0; --i) left[items[i - 1].slot->value].push_back(i - 1);
    std::vector<std::size_t> matched(encoded->size(), kNew);
    std::vector<std::size_t> indexes;
    for (std::size_t i = 0; i < encoded->size(); ++i) {
      const auto found = left.find((*encoded)[i]);
      if (found == left.end() || found->second.empty()) continue;
      matched[i] = found->second.back();
      found->second.pop_back();
      indexes.push_back(matched[i]);
    }
    const auto stays = longest_run(indexes);
    std::vector<SlotWrite> writes;
    ListPlaces places(tree, context.stamp);
    for (std::size_t i = 0, next = 0; i < encoded->size(); ++i) {
      if (matched[i] == kNew) {
        writes.push_back({places.make(), std::move((*encoded)[i])});
      } else if (const ListItem& item = items[matched[i]]; stays[next++]) {
        places.stand_behind(*item.node);
      } else {
        writes.push_back({places.make(item.id), encoded_true()});
      }
    }
    if (auto ok = check_tag_count(places.next_ordinal()); !ok) return fail(ok.error());
    for (const auto& [item, unnamed] : left) {
      for (const std::size_t i : unnamed)
        writes.push_back({std::string(items[i].slot->element), std::string(kTombstone)});
    }
    return writes;
  }
};

}  // namespace

const Strategy& list_strategy() {
  static const List kStrategy;
  return kStrategy;
}

}  // namespace syncline::strategy
