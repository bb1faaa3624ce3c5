#include "base_url.hpp"

#include <algorithm>

#include "tests/fuzz/fuzz_support.hpp"

using namespace syncline;  // NOLINT(google-build-using-namespace)

namespace {

// What stands in the request's first lines as it is must not begin another line or part.
bool is_visible(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
  const auto url = https::parse_base_url(fuzz::bytes_of(data, size_bytes));
  if (!url) {
    fuzz::require(url.error().code == Code::kInvalidArgument, "a bad URL is a bad argument");
    return 0;
  }
  fuzz::require(!url->host.empty() && is_visible(url->host), "there is a host");
  fuzz::require(url->port != 0, "there is a port");
  fuzz::require(is_visible(url->authority), "the Host header is one word");
  fuzz::require(is_visible(url->path), "the path is one word");
  fuzz::require(url->path.find_first_of("?#") == std::string::npos, "and nothing but a path");
  fuzz::require(url->path.empty() || (url->path.front() == '/' && url->path.back() != '/'),
                "a target can be put behind it");
  const auto again = https::parse_base_url("https://" + url->authority + url->path);
  fuzz::require(again && again->host == url->host && again->port == url->port &&
                    again->path == url->path && again->authority == url->authority &&
                    again->is_address == url->is_address,
                "its parts make the same URL");
  return 0;
}
