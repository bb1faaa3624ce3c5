#include "syncline/secret.hpp"

#include "crypto/sodium_library.hpp"

namespace syncline {

void wipe_memory(void* data, std::size_t size_bytes) noexcept { crypto::wipe(data, size_bytes); }

}  // namespace syncline
