#include "world.hpp"

namespace syncline::simulation {

void World::damage(Device& device, SeededRandom& random) {
  static_cast<void>(device);
  static_cast<void>(random);
}

}  // namespace syncline::simulation
