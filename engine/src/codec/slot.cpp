#include "syncline/slot.hpp"

#include <algorithm>

#include "codec/bytes.hpp"
#include "syncline/limits.hpp"

namespace syncline {
namespace {

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F;
}

Result<void> check_name(std::string_view what, std::string_view name, std::size_t bytes_max) {
  if (name.empty()) return fail(Code::kKeyMalformed, std::string(what) + " name is empty");
  if (name.size() > bytes_max) {
    return fail(Code::kKeyTooLong, std::string(what) + " name has " + std::to_string(name.size()) +
                                       " bytes, at most " + std::to_string(bytes_max) +
                                       " are allowed");
  }
  if (std::any_of(name.begin(), name.end(), is_control)) {
    return fail(Code::kKeyMalformed, std::string(what) + " name has a control character");
  }
  if (!codec::is_utf8(name)) {
    return fail(Code::kKeyMalformed, std::string(what) + " name is not UTF-8");
  }
  return {};
}

}  // namespace

Result<void> check_collection(std::string_view name) {
  return check_name("collection", name, kCollectionBytesMax);
}
Result<void> check_record(std::string_view name) {
  return check_name("record", name, kRecordBytesMax);
}
Result<void> check_field(std::string_view name) {
  return check_name("field", name, kFieldBytesMax);
}

Result<void> check_element(std::string_view element) {
  if (element.size() <= kElementBytesMax) return {};
  return fail(Code::kKeyTooLong, "element has " + std::to_string(element.size()) +
                                     " bytes, at most " + std::to_string(kElementBytesMax) +
                                     " are allowed");
}

Result<SlotKey> SlotKey::make(std::string_view collection, std::string_view record,
                              std::string_view field, std::string_view element) {
  if (auto ok = check_collection(collection); !ok) return fail(ok.error());
  if (auto ok = check_record(record); !ok) return fail(ok.error());
  if (!field.empty()) {
    if (auto ok = check_field(field); !ok) return fail(ok.error());
  } else if (element != kLiveElement && element != kDeadElement) {
    return fail(Code::kKeyMalformed, "a record's own slot is neither \"live\" nor \"dead\"");
  }
  if (auto ok = check_element(element); !ok) return fail(ok.error());
  SlotKey key;
  key.bytes_.reserve(collection.size() + record.size() + field.size() + element.size() + 3);
  key.bytes_.append(collection);
  key.collection_end_ = static_cast<std::uint16_t>(key.bytes_.size());
  key.bytes_.push_back('\0');
  key.bytes_.append(record);
  key.record_end_ = static_cast<std::uint16_t>(key.bytes_.size());
  key.bytes_.push_back('\0');
  key.bytes_.append(field);
  key.field_end_ = static_cast<std::uint16_t>(key.bytes_.size());
  key.bytes_.push_back('\0');
  key.bytes_.append(element);
  return key;
}

std::optional<SlotParts> split_slot_key(std::string_view bytes) {
  const std::size_t first = bytes.find('\0');
  const std::size_t second = first == std::string_view::npos ? first : bytes.find('\0', first + 1);
  const std::size_t third =
      second == std::string_view::npos ? second : bytes.find('\0', second + 1);
  if (third == std::string_view::npos) return std::nullopt;
  return SlotParts{bytes.substr(0, first), bytes.substr(first + 1, second - first - 1),
                   bytes.substr(second + 1, third - second - 1), bytes.substr(third + 1)};
}

Result<SlotKey> SlotKey::parse(std::string_view bytes) {
  const auto parts = split_slot_key(bytes);
  if (!parts) return fail(Code::kKeyMalformed, "slot key has fewer than four parts");
  return make(parts->collection, parts->record, parts->field, parts->element);
}

bool beats(const Stamp& stamp, std::string_view value, const Stamp& other_stamp,
           std::string_view other_value) {
  if (stamp != other_stamp) return stamp > other_stamp;
  return value > other_value;  // char_traits<char> compares as unsigned bytes
}

}  // namespace syncline
