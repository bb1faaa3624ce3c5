#include "lmdb_checksum.hpp"

#include <array>
#include <cstring>
#include <string>

#include "crc32.hpp"
#include "lmdb_errors.hpp"
#include "lmdb_page_layout.hpp"
#include "syncline/store.hpp"

namespace syncline::lmdb {
namespace {

// These are names of databases inside the file: frozen.
constexpr std::array<std::string_view, kKeyspaceCount> kKeyspaceNames = {
    "log", "slots", "outbox", "set_aside", "quarantine", "meta", "indexes"};

}  // namespace

std::string_view database_name(std::uint8_t database) {
  return database == kHeaderDatabase ? "header" : kKeyspaceNames.at(database);
}

std::uint32_t checksum(std::uint8_t database, std::string_view key, std::string_view value) {
  const std::array<char, 3> head = {static_cast<char>(database),
                                    static_cast<char>(key.size() >> 8U),
                                    static_cast<char>(key.size() & 0xffU)};
  return crc32_of(crc32_of(crc32_of(0, {head.data(), head.size()}), key), value);
}

void write_checked(std::uint8_t database, std::string_view key, std::string_view value,
                   void* target) {
  const std::uint32_t sum = checksum(database, key, value);
  auto* out = static_cast<unsigned char*>(target);
  out[0] = static_cast<unsigned char>(sum >> 24U);
  out[1] = static_cast<unsigned char>(sum >> 16U);
  out[2] = static_cast<unsigned char>(sum >> 8U);
  out[3] = static_cast<unsigned char>(sum);
  if (!value.empty()) std::memcpy(out + kChecksumBytes, value.data(), value.size());
}

Result<std::string_view> read_checked(std::uint8_t database, std::string_view key,
                                      std::string_view stored, std::size_t page_bytes) {
  if (stored.size() >= kChecksumBytes && inside_its_page(stored, page_bytes)) {
    std::uint32_t expected = 0;
    for (const char byte : stored.substr(0, kChecksumBytes)) {
      expected = (expected << 8U) | static_cast<unsigned char>(byte);
    }
    const std::string_view value = stored.substr(kChecksumBytes);
    if (checksum(database, key, value) == expected) return value;
  }
  return fail(Code::kStoreCorrupt, "the entry \"" + printable(key) + "\" of " +
                                       std::string(database_name(database)) +
                                       " is damaged: its checksum does not match");
}

}  // namespace syncline::lmdb
