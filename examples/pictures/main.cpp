// Draws what each merge rule does to two devices that edit offline: the pictures of
// docs/conflicts.md. Nothing in them is made up; the replicas that they tell of are run.

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "picture.hpp"
#include "scene.hpp"
#include "story.hpp"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s DIRECTORY\n", argv[0]);
    return 2;
  }
  for (const pictures::Scene& scene : pictures::scenes()) {
    const auto story = pictures::play(scene);
    if (!story) {
      std::fprintf(stderr, "%s: %s\n", scene.name.c_str(), story.error().message.c_str());
      return 1;
    }
    const auto path = std::filesystem::path(argv[1]) / (scene.name + ".svg");
    std::ofstream file(path, std::ios::binary);
    file << pictures::draw(scene, *story);
    if (!file.flush()) {
      std::fprintf(stderr, "%s cannot be written\n", path.c_str());
      return 1;
    }
  }
  return 0;
}
