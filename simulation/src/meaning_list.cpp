#include "meaning_list.hpp"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "syncline/slot.hpp"

namespace syncline::simulation {
namespace {

constexpr std::size_t kIdBytes = kStampBytes + 2;
constexpr std::size_t kPlaceBytes = kIdBytes + 1 + kIdBytes;

using Field = std::map<std::string, Register>;

bool is_place(const std::string& element) {
  const std::size_t size = element.size();
  return (size == kPlaceBytes || size == kPlaceBytes + kIdBytes) &&
         (element[kIdBytes] == '\0' || element[kIdBytes] == '\1');
}

bool is_item(const std::string& element) { return element.size() == kPlaceBytes; }
std::string parent_of(const std::string& element) { return element.substr(0, kIdBytes); }
std::string id_of(const std::string& element) { return element.substr(kIdBytes + 1, kIdBytes); }
std::string moved_item(const std::string& element) { return element.substr(kPlaceBytes); }

// The list as it is written down, with a look at every place for every place.
class Reading {
 public:
  explicit Reading(const Field& field) : field_(field) {
    for (const auto& [element, held] : field) {
      if (is_place(element)) places_.push_back(element);
    }
    const std::string root(kIdBytes, '\0');
    had_.insert(root);
    visit_children(root, '\0');
    visit_children(root, '\1');
    for (const std::string& place : places_) {
      if (std::none_of(places_.begin(), places_.end(), [&](const std::string& other) {
            return id_of(other) == parent_of(place);
          })) {
        visit(place);
      }
    }
    for (const std::string& place : places_) visit(place);
  }

  [[nodiscard]] std::optional<Value> value() const {
    if (places_.empty()) return std::nullopt;
    Value::Array items;
    for (const std::string& place : walk_) {
      const std::string* item = item_at(place);
      if (item == nullptr || is_tombstone(field_.at(*item).value)) continue;
      if (auto value = decode_value(field_.at(*item).value)) items.push_back(std::move(*value));
    }
    return Value(std::move(items));
  }

 private:
  void visit(const std::string& place) {
    if (!seen_.insert(place).second) return;
    const bool is_first = had_.insert(id_of(place)).second;
    if (is_first) visit_children(id_of(place), '\0');
    walk_.push_back(place);
    if (is_first) visit_children(id_of(place), '\1');
  }

  void visit_children(const std::string& parent, char side) {
    for (const std::string& place : places_) {
      if (parent_of(place) == parent && place[kIdBytes] == side) visit(place);
    }
  }

  // The item with this id.
  [[nodiscard]] const std::string* item_of(const std::string& id) const {
    const auto found = std::find_if(places_.begin(), places_.end(), [&](const std::string& place) {
      return is_item(place) && id_of(place) == id;
    });
    return found == places_.end() ? nullptr : &*found;
  }

  // Where the item with this id was moved to last.
  [[nodiscard]] const std::string* last_place(const std::string& id) const {
    const std::string* last = nullptr;
    for (const std::string& place : places_) {
      if (is_item(place) || moved_item(place) != id || is_tombstone(field_.at(place).value))
        continue;
      if (last == nullptr || field_.at(*last).stamp <= field_.at(place).stamp) last = &place;
    }
    return last;
  }

  // The item that stands at a place, if any does.
  [[nodiscard]] const std::string* item_at(const std::string& place) const {
    const std::string* item = item_of(is_item(place) ? id_of(place) : moved_item(place));
    if (is_item(place) && *item != place) return &place;
    const std::string* last = last_place(is_item(place) ? id_of(place) : moved_item(place));
    const bool is_here = is_item(place) ? last == nullptr : last != nullptr && *last == place;
    return is_here ? item : nullptr;
  }

  const Field& field_;
  std::vector<std::string> places_;  // ascending
  std::vector<std::string> walk_;
  std::set<std::string> seen_;
  std::set<std::string> had_;  // the ids whose children were visited
};

}  // namespace

std::optional<Value> meaning_of_list(const Field& field) { return Reading(field).value(); }

}  // namespace syncline::simulation
