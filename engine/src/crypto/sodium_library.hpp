#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// The only door to libsodium.

namespace syncline::crypto {

// Overwrites memory in a way that the compiler does not remove.
void wipe(void* data, std::size_t size_bytes) noexcept;

// 64 uniformly random bits. Thread safety: any thread.
[[nodiscard]] std::uint64_t random_bits();

// The first 16 bytes of BLAKE2b-256 (RFC 7693) of the input.
[[nodiscard]] std::string digest_bytes(std::string_view input);
// The same in lower-case hexadecimal.
[[nodiscard]] std::string digest_hex(std::string_view input);

}  // namespace syncline::crypto
