#include "syncline/stamp.hpp"

#include "codec/bytes.hpp"

namespace syncline {

std::string to_hex(ReplicaId replica) {
  std::string bytes;
  codec::append_u64(bytes, static_cast<std::uint64_t>(replica));
  return codec::encode_hex(bytes);
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
