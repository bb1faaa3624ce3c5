#include "gzip.hpp"

#include <array>
#include <memory>
#include <zlib.h>

namespace syncline::https {
namespace {

constexpr int kWindowBitsGzipOnly = 15 + 16;
constexpr std::size_t kChunkBytes = 64 * 1024;

struct InflateEnd {
  void operator()(z_stream* stream) const { inflateEnd(stream); }
};

}  // namespace

Result<std::string> gunzip(std::string_view compressed, std::size_t size_max) {
  z_stream stream{};
  if (inflateInit2(&stream, kWindowBitsGzipOnly) != Z_OK) {
    return fail(Code::kInternal, "There is not enough memory to decompress a reply.");
  }
  const std::unique_ptr<z_stream, InflateEnd> end(&stream);

  // zlib reads this memory only; its interface is older than const.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
  stream.avail_in = static_cast<uInt>(compressed.size());

  std::string content;
  std::array<char, kChunkBytes> chunk{};
  for (;;) {
    stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
    stream.avail_out = kChunkBytes;
    const int status = inflate(&stream, Z_NO_FLUSH);
    if (status != Z_OK && status != Z_STREAM_END) {
      return fail(Code::kResponseMalformed, "the gzip data is damaged or cut short");
    }
    const std::size_t produced = kChunkBytes - stream.avail_out;
    if (produced > size_max - content.size()) {
      return fail(Code::kResponseTooLarge, "the reply is larger than " + std::to_string(size_max) +
                                               " bytes when decompressed");
    }
    content.append(chunk.data(), produced);
    if (status == Z_STREAM_END) break;
  }
  if (stream.avail_in != 0) {
    return fail(Code::kResponseMalformed, "there are bytes after the end of the gzip data");
  }
  return content;
}

}  // namespace syncline::https
