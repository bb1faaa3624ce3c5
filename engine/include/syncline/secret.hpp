#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace syncline {

// Overwrites the bytes in a way that the compiler does not remove.
void wipe_memory(void* data, std::size_t size_bytes) noexcept;

// A password or token. It wipes itself, and has no stream operator, so that it does not end in a
// log.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string_view text) : text_(text) {}
  Secret(const Secret&) = default;
  // Copies and wipes: moving a short string would leave its bytes behind.
  // NOLINTNEXTLINE(performance-move-constructor-init,cert-oop11-cpp)
  Secret(Secret&& other) noexcept : text_(other.text_) { other.wipe(); }
  Secret& operator=(const Secret& other) {
    if (this != &other) {
      wipe();
      text_ = other.text_;
    }
    return *this;
  }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      wipe();
      text_ = other.text_;
      other.wipe();
    }
    return *this;
  }
  ~Secret() { wipe(); }

  // The text itself; valid while the secret lives and is not assigned to.
  [[nodiscard]] std::string_view reveal() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }

 private:
  void wipe() noexcept {
    wipe_memory(text_.data(), text_.size());
    text_.clear();
  }

  std::string text_;
};

}  // namespace syncline
