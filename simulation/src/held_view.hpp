#pragma once

#include <string>
#include <utility>

#include "syncline/view.hpp"

namespace syncline::simulation {

// Every record as text.
[[nodiscard]] Result<std::string> everything_read(const View& view);

// A view that an app has taken, and what it read there at once.
//
// Thread safety: none.
class HeldView {
 public:
  explicit HeldView(View view) : view_(std::move(view)), first_(read()) {}

  [[nodiscard]] const Result<std::string>& first() const { return first_; }
  // Every record, and the names of the records by each index that is built.
  [[nodiscard]] Result<std::string> read() const;

 private:
  View view_;
  Result<std::string> first_;
};

}  // namespace syncline::simulation
