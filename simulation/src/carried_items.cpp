#include "carried_items.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <sodium.h>
#include <utility>

#include "carried_put.hpp"
#include "syncline/slot.hpp"

namespace syncline::simulation {
namespace {

constexpr std::size_t kIdBytes = kStampBytes + 2;
constexpr std::size_t kItemBytes = 2 * kIdBytes + 1;

std::string id_of(const std::string& item, unsigned before) {
  std::string named(4, '\0');
  for (std::size_t i = 0; i < 4; ++i)
    named[i] = static_cast<char>(static_cast<unsigned char>(before >> (8 * (3 - i))));
  named += item;
  std::array<unsigned char, 32> digest{};
  crypto_generichash(digest.data(), digest.size(),
                     reinterpret_cast<const unsigned char*>(named.data()), named.size(), nullptr,
                     0);
  return "\xFF\xFF" + std::string(reinterpret_cast<const char*>(digest.data()), 16);
}

// Behind the node of this id.
std::string behind(const std::string& parent, const std::string& id) {
  return parent + '\x01' + id;
}

}  // namespace

std::vector<CarriedItem> carried_items(Merge before, const Value& value, const Stamp& stamp,
                                       const FieldSlots& slots) {
  std::vector<CarriedItem> items;
  std::map<std::string, unsigned> counts;
  const Value array = as_items(value);
  for (const Value& one : *array.if_array()) {
    const std::string item = *encode_value(one);
    Stamp own;
    for (const auto& [element, held] : slots) {
      const bool is_of_it =
          (element.size() == kIdBytes && before == Merge::kSet) ||
          ((element.empty() || element.size() == kIdBytes) && before == Merge::kMulti);
      if (is_of_it && held.value == item) own = std::max(own, held.stamp);
    }
    items.push_back({id_of(item, counts[item]++), item, own == Stamp{} ? stamp : own});
  }
  return items;
}

std::string element_of(const CarriedItem& item) {
  return behind(std::string(kIdBytes, '\0'), item.id);
}

std::vector<std::string> places_of(const std::vector<CarriedItem>& items, const Stamp& stamp) {
  std::vector<std::string> places;
  std::string parent(kIdBytes, '\0');
  for (const CarriedItem& item : items) {
    const std::string id = tag_named(stamp, static_cast<unsigned>(places.size()));
    places.push_back(behind(parent, id) + item.id);
    parent = id;
  }
  return places;
}

std::string item_moved_by(const std::string& element) {
  const bool is_place = element.size() == kItemBytes + kIdBytes &&
                        (element[kIdBytes] == '\0' || element[kIdBytes] == '\1');
  return is_place ? element.substr(kItemBytes) : std::string();
}

}  // namespace syncline::simulation
