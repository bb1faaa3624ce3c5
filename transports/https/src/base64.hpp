#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace syncline::https {

// RFC 4648, section 4: the standard alphabet, padded, no line breaks.
[[nodiscard]] std::string encode_base64(std::string_view bytes);

// Nothing unless the text is exactly what encode_base64 makes of some bytes.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);

}  // namespace syncline::https
