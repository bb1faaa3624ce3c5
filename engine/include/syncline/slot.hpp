#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "syncline/error.hpp"
#include "syncline/stamp.hpp"

namespace syncline {

// The name of a slot, the unit of merge: (collection, record, field, element), joined so that the
// order of keys is the order of their parts (spec/op-format.md). An empty field belongs to the
// record itself.
class SlotKey {
 public:
  // Errors: key_malformed, key_too_long; the message names the part.
  [[nodiscard]] static Result<SlotKey> make(std::string_view collection, std::string_view record,
                                            std::string_view field, std::string_view element);
  // The inverse of bytes(). Errors: key_malformed, key_too_long.
  [[nodiscard]] static Result<SlotKey> parse(std::string_view bytes);

  // The views are valid while the key lives and is not assigned to.
  [[nodiscard]] std::string_view collection() const { return part(0, collection_end_); }
  [[nodiscard]] std::string_view record() const { return part(collection_end_ + 1U, record_end_); }
  [[nodiscard]] std::string_view field() const { return part(record_end_ + 1U, field_end_); }
  [[nodiscard]] std::string_view element() const {
    return std::string_view(bytes_).substr(field_end_ + 1U);
  }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

  bool operator==(const SlotKey& other) const { return bytes_ == other.bytes_; }
  std::strong_ordering operator<=>(const SlotKey& other) const { return bytes_ <=> other.bytes_; }

 private:
  SlotKey() = default;
  [[nodiscard]] std::string_view part(std::size_t begin, std::size_t end) const {
    return std::string_view(bytes_).substr(begin, end - begin);
  }

  std::string bytes_;
  std::uint16_t collection_end_ = 0;
  std::uint16_t record_end_ = 0;
  std::uint16_t field_end_ = 0;
};

// The parts of a slot key's bytes, which they borrow.
struct SlotParts {
  std::string_view collection;
  std::string_view record;
  std::string_view field;
  std::string_view element;
};

// Splits without checking the parts' limits; nothing if there are fewer than four.
[[nodiscard]] std::optional<SlotParts> split_slot_key(std::string_view bytes);

// Elements of the two slots that every record has.
inline constexpr std::string_view kLiveElement = "live";
inline constexpr std::string_view kDeadElement = "dead";

// The register-value that stands for "removed".
inline constexpr std::string_view kTombstone{"\0", 1};
[[nodiscard]] inline bool is_tombstone(std::string_view register_value) {
  return register_value == kTombstone;
}

// Whether the collection is the engine's own, which no app writes to.
[[nodiscard]] inline bool is_engine_collection(std::string_view name) {
  return name.starts_with('$');
}

// Each checks one part. Errors: key_malformed, key_too_long; the message names what the part is.
[[nodiscard]] Result<void> check_collection(std::string_view name);
[[nodiscard]] Result<void> check_record(std::string_view name);
[[nodiscard]] Result<void> check_field(std::string_view name);
[[nodiscard]] Result<void> check_element(std::string_view element);

// The merge law (spec/merge.md): of two registers for one slot the greater (stamp, register-value)
// wins. Whether the first is strictly greater.
[[nodiscard]] bool beats(const Stamp& stamp, std::string_view value, const Stamp& other_stamp,
                         std::string_view other_value);

}  // namespace syncline
