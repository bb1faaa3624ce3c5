#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>

// The layout of LMDB's data file (its data version 1, as written by every LMDB 0.9), as far as
// checking it needs. The file has the byte order and the word size of the machine that wrote it, so
// these are the structs themselves.

namespace syncline::lmdb {

inline constexpr std::uint32_t kMagic = 0xBEEFC0DE;
inline constexpr std::uint32_t kDataVersion = 1;
inline constexpr std::size_t kNoPage = std::numeric_limits<std::size_t>::max();
inline constexpr std::size_t kFirstDataPage = 2;  // behind the two meta pages
inline constexpr unsigned kDepthMax = 32;
inline constexpr std::size_t kPageBytesMin = 512;
inline constexpr std::size_t kPageBytesMax = 65'536;

enum PageFlag : std::uint16_t { kBranch = 0x01, kLeaf = 0x02, kOverflow = 0x04, kMetaPage = 0x08 };
enum NodeFlag : std::uint16_t { kBigData = 0x01, kSubTree = 0x02 };

inline constexpr unsigned kIntegerKeys = 0x08;  // of a tree; that of the free pages

struct PageHeader {
  std::size_t number;
  std::uint16_t padding;
  std::uint16_t flags;
  std::uint16_t lower;  // the end of the node offsets, which follow the header
  std::uint16_t upper;  // the beginning of the nodes
};

struct Tree {
  std::uint32_t page_bytes;  // in the first tree of a meta page only
  std::uint16_t flags;
  std::uint16_t depth;
  std::size_t branch_pages;
  std::size_t leaf_pages;
  std::size_t overflow_pages;
  std::size_t entries;
  std::size_t root;
};

struct Meta {
  std::uint32_t magic;
  std::uint32_t version;
  std::size_t address;
  std::size_t map_bytes;
  Tree free_pages;
  Tree main;
  std::size_t last_page;
  std::size_t transaction;
};

struct Node {
  std::uint16_t low;
  std::uint16_t high;
  std::uint16_t flags;
  std::uint16_t key_bytes;

  // Of a leaf.
  [[nodiscard]] std::size_t data_bytes() const {
    const bool little = std::endian::native == std::endian::little;
    return little ? low | (std::size_t{high} << 16U) : high | (std::size_t{low} << 16U);
  }
  // Of a branch, where the flags are the highest bits of the number.
  [[nodiscard]] std::size_t child() const {
    const std::size_t number = data_bytes();
    if constexpr (sizeof(std::size_t) > 4) return number | (std::size_t{flags} << 32U);
    return number;
  }
};
static_assert(sizeof(Node) == 8);

// What stands at an offset, which the caller has checked.
template <typename T>
[[nodiscard]] T read_at(const char* bytes, std::size_t offset) {
  T value;
  std::memcpy(&value, bytes + offset, sizeof value);
  return value;
}

// The pages that a value of this size takes outside of its leaf.
[[nodiscard]] inline std::size_t overflow_pages(std::size_t data_bytes, std::size_t page_bytes) {
  return (sizeof(PageHeader) - 1 + data_bytes) / page_bytes + 1;
}

// Whether what LMDB answered, a key or what is stored under one, ends where its page does, or its
// run of overflow pages. A damaged length may reach to beyond the end of the file, where reading
// ends the process.
[[nodiscard]] inline bool inside_its_page(std::string_view bytes, std::size_t page_bytes) {
  const std::size_t offset = std::bit_cast<std::uintptr_t>(bytes.data()) % page_bytes;
  std::size_t room = page_bytes - offset;
  // In a leaf the list of offsets is here, so this can only be a page of overflow. The number of
  // pages takes the place of lower and upper.
  if (offset == sizeof(PageHeader)) {
    const auto pages =
        read_at<std::uint32_t>(bytes.data() - sizeof(PageHeader), offsetof(PageHeader, lower));
    room = pages * page_bytes - sizeof(PageHeader);
  }
  return bytes.size() <= room;
}

}  // namespace syncline::lmdb
