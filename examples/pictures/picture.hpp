#pragma once

#include <string>

#include "scene.hpp"
#include "story.hpp"

namespace pictures {

// The scene as an SVG: a lane a device, from left to right what they had, what each wrote, the
// sync, and what both read; below them what the journal keeps.
[[nodiscard]] std::string draw(const Scene& scene, const Story& story);

}  // namespace pictures
