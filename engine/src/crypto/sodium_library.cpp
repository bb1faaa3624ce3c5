#include "crypto/sodium_library.hpp"

#include <array>
#include <cstdlib>
#include <sodium.h>

namespace syncline::crypto {
namespace {

// libsodium may be initialised any number of times, from any thread; without it, randomness is not
// safe, and there is nothing sensible left to do.
void require_sodium() {
  static const bool kReady = sodium_init() >= 0;
  if (!kReady) std::abort();
}

}  // namespace

void wipe(void* data, std::size_t size_bytes) noexcept { sodium_memzero(data, size_bytes); }

std::uint64_t random_bits() {
  require_sodium();
  std::uint64_t bits = 0;
  randombytes_buf(&bits, sizeof bits);
  return bits;
}

std::string digest_bytes(std::string_view input) {
  require_sodium();
  constexpr std::size_t kDigestBytes = 32;
  constexpr std::size_t kShownBytes = 16;
  std::array<unsigned char, kDigestBytes> digest{};
  crypto_generichash(digest.data(), digest.size(),
                     reinterpret_cast<const unsigned char*>(input.data()), input.size(), nullptr,
                     0);
  return {reinterpret_cast<const char*>(digest.data()), kShownBytes};
}

std::string digest_hex(std::string_view input) {
  const std::string digest = digest_bytes(input);
  std::string text(digest.size() * 2 + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), reinterpret_cast<const unsigned char*>(digest.data()),
                 digest.size());
  text.pop_back();
  return text;
}

}  // namespace syncline::crypto
