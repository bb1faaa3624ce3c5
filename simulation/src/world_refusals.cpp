#include "world.hpp"

namespace syncline::simulation {

void World::refuse(SeededRandom& random) { static_cast<void>(random); }

}  // namespace syncline::simulation
