#include "world.hpp"

namespace syncline::simulation {

void World::migrate(Device& device, SeededRandom& random) {
  static_cast<void>(device);
  static_cast<void>(random);
}

}  // namespace syncline::simulation
