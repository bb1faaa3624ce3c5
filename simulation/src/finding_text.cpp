#include "finding_text.hpp"

#include <utility>

#include "syncline/slot.hpp"
#include "syncline/value.hpp"

namespace syncline::simulation::invariants {

Finding broken(std::string_view invariant, std::string what) {
  return Violation{std::string(invariant), std::move(what)};
}

std::string printable(std::string_view slot) {
  const auto parts = split_slot_key(slot);
  if (!parts) return "a slot without a name";
  std::string text;
  for (const std::string_view part : {parts->collection, parts->record, parts->field}) {
    text.append(part) += '/';
  }
  constexpr char kDigits[] = "0123456789abcdef";
  for (const char byte : parts->element) {
    const auto code = static_cast<unsigned char>(byte);
    if (code >= 0x20 && code < 0x7F) {
      text += byte;
    } else {
      text += kDigits[code >> 4U];
      text += kDigits[code & 0xFU];
    }
  }
  return text;
}

std::string shown(const Register& held) {
  std::string text = std::to_string(held.stamp.time.milliseconds()) + "." +
                     std::to_string(held.stamp.time.counter()) + "@" +
                     to_hex(held.stamp.replica).substr(8);
  if (is_tombstone(held.value)) return text + " (removed)";
  const auto value = decode_value(held.value);
  return text + " " + (value ? value_to_json(*value) : "(no value)");
}

}  // namespace syncline::simulation::invariants
