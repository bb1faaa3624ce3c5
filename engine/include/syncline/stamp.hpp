#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace syncline {

// 64 random bits that name one replica. 0 is "none".
enum class ReplicaId : std::uint64_t {};

// The id as 16 lower-case hexadecimal digits, as the protocol writes it.
[[nodiscard]] std::string to_hex(ReplicaId replica);

inline constexpr std::int64_t kMillisecondsMax = (std::int64_t{1} << 48) - 1;

// A point in hybrid time: 48 bits of milliseconds since 1970 above a 16-bit counter, so that adding
// one to a full counter carries into the milliseconds.
class HybridTime {
 public:
  constexpr HybridTime() = default;
  // `milliseconds` outside 0 .. kMillisecondsMax is held to that range.
  constexpr explicit HybridTime(std::int64_t milliseconds, std::uint16_t counter = 0)
      : packed_((static_cast<std::uint64_t>(milliseconds < 0                  ? 0
                                            : milliseconds > kMillisecondsMax ? kMillisecondsMax
                                                                              : milliseconds)
                 << 16U) |
                counter) {}
  static constexpr HybridTime from_packed(std::uint64_t packed) {
    HybridTime time;
    time.packed_ = packed;
    return time;
  }

  [[nodiscard]] constexpr std::int64_t milliseconds() const {
    return static_cast<std::int64_t>(packed_ >> 16U);
  }
  [[nodiscard]] constexpr std::uint16_t counter() const {
    return static_cast<std::uint16_t>(packed_ & 0xFFFFU);
  }
  [[nodiscard]] constexpr std::uint64_t packed() const { return packed_; }

  constexpr auto operator<=>(const HybridTime&) const = default;

 private:
  std::uint64_t packed_ = 0;
};

inline constexpr std::size_t kStampBytes = 16;

// When and by whom a register was written; the order of stamps is the order of their encodings
// (spec/clock.md). The default is the zero stamp, "none".
struct Stamp {
  HybridTime time;
  ReplicaId replica{};

  constexpr auto operator<=>(const Stamp&) const = default;
};

// The 16 bytes of a stamp, big-endian.
[[nodiscard]] std::string encode_stamp(const Stamp& stamp);
void append_stamp(std::string& out, const Stamp& stamp);
// Nothing unless given exactly 16 bytes.
[[nodiscard]] std::optional<Stamp> decode_stamp(std::string_view bytes);

}  // namespace syncline
