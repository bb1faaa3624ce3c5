#include "syncline/codes.hpp"

#include <array>
#include <cstddef>

namespace syncline {
namespace {

constexpr auto kNames = std::to_array<std::string_view>({
#define SYNCLINE_CODE(identifier, name) name,
    SYNCLINE_CODES(SYNCLINE_CODE)
#undef SYNCLINE_CODE
});

}  // namespace

std::string_view code_name(Code code) { return kNames.at(static_cast<std::size_t>(code)); }

std::optional<Code> code_from_name(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames.at(i) == name) return static_cast<Code>(i);
  }
  return std::nullopt;
}

bool code_retryable(Code code) {
  switch (code) {
    case Code::kStoreFull:
    case Code::kStoreIo:
    case Code::kNetworkUnreachable:
    case Code::kDeadlineExceeded:
    case Code::kResponseMalformed:
    case Code::kResponseTooLarge:
    case Code::kUnexpectedContentType:
    case Code::kUnexpectedStatus:
    case Code::kPushOutdated:
    case Code::kRateLimited:
    case Code::kBusy:
    case Code::kInternal:
      return true;
    default:
      return false;
  }
}

}  // namespace syncline
