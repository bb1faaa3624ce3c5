#include <chrono>

#include "crypto/sodium_library.hpp"
#include "syncline/environment.hpp"

namespace syncline {
namespace {

class SystemWallClock final : public WallClock {
 public:
  std::int64_t now_ms() override {
    using std::chrono::duration_cast;
    using std::chrono::milliseconds;
    return duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  }
};

class SystemRandom final : public Random {
 public:
  std::uint64_t next() override { return crypto::random_bits(); }
};

}  // namespace

std::unique_ptr<WallClock> system_wall_clock() { return std::make_unique<SystemWallClock>(); }
std::unique_ptr<Random> system_random() { return std::make_unique<SystemRandom>(); }

}  // namespace syncline
