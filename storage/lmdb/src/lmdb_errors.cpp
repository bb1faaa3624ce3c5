#include "lmdb_errors.hpp"

#include <cerrno>
#include <lmdb.h>

namespace syncline::lmdb {
namespace {

Code code_of(int status) {
  switch (status) {
    case MDB_MAP_FULL:
    case MDB_TXN_FULL:
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return Code::kStoreFull;
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INVALID:
    case MDB_INCOMPATIBLE:
      return Code::kStoreCorrupt;
    case MDB_VERSION_MISMATCH:
      return Code::kStoreFormatUnsupported;
    default:
      return Code::kStoreIo;
  }
}

}  // namespace

Error store_error(int status, std::string_view doing) {
  return {code_of(status), "cannot " + std::string(doing) + ": " + mdb_strerror(status)};
}

std::string printable(std::string_view key) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char character : key) {
    const auto byte = static_cast<unsigned char>(character);
    if (byte >= 0x20 && byte < 0x7f && byte != '\\') {
      text += character;
    } else {
      text += "\\x";
      text += kDigits[byte >> 4U];
      text += kDigits[byte & 0xfU];
    }
  }
  return text;
}

}  // namespace syncline::lmdb
