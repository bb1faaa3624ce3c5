#pragma once

#include <memory>

#include "syncline/strategy.hpp"

namespace longest_text {

// A merge rule of an app: of texts that devices wrote without having seen each other's, the longest
// is read, and of equally long ones the greatest. A later text replaces what its device has seen,
// however short it is. Register it as "longest_text".
[[nodiscard]] std::shared_ptr<const syncline::strategy::Strategy> make();

}  // namespace longest_text
