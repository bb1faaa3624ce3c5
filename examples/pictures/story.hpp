#pragma once

#include <string>
#include <vector>

#include "scene.hpp"
#include "syncline/error.hpp"

namespace pictures {

// One write that lost, in words.
struct Loss {
  std::string lost;  // "80.1, phone at 9:00"
  std::string kept;
  bool is_phones = false;  // it was the phone's write that lost
};

// What two devices held at the end of a scene.
struct Story {
  std::string before;        // what both read before they edit
  std::string phone;         // what the phone reads once both have synced
  std::string tablet;        // what the tablet reads then
  std::vector<Loss> losses;  // what the journal keeps
};

// Plays the scene on two replicas in memory and a server in this process, at times that never
// change. Errors: those of the engine; invalid_argument if the journals of the two differ.
[[nodiscard]] syncline::Result<Story> play(const Scene& scene);

}  // namespace pictures
