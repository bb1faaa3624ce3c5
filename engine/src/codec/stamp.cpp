#include "syncline/stamp.hpp"

#include "codec/bytes.hpp"

namespace syncline {

std::string to_hex(ReplicaId replica) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  const auto bits = static_cast<std::uint64_t>(replica);
  for (unsigned shift = 64; shift > 0; shift -= 4)
    text.push_back(kDigits[(bits >> (shift - 4)) & 0xFU]);
  return text;
}

void append_stamp(std::string& out, const Stamp& stamp) {
  codec::append_u64(out, stamp.time.packed());
  codec::append_u64(out, static_cast<std::uint64_t>(stamp.replica));
}

std::string encode_stamp(const Stamp& stamp) {
  std::string out;
  out.reserve(kStampBytes);
  append_stamp(out, stamp);
  return out;
}

std::optional<Stamp> decode_stamp(std::string_view bytes) {
  if (bytes.size() != kStampBytes) return std::nullopt;
  codec::Reader reader(bytes);
  const auto time = reader.take_u64();
  const auto replica = reader.take_u64();
  if (!time || !replica) return std::nullopt;
  return Stamp{HybridTime::from_packed(*time), static_cast<ReplicaId>(*replica)};
}

}  // namespace syncline
