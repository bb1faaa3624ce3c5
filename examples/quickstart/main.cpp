// A device that keeps a diary. Run it twice, and the water adds up.

#include <cstdio>
#include <filesystem>

#include "syncline/lmdb_store.hpp"
#include "syncline/replica.hpp"

namespace {

using namespace syncline;  // NOLINT(google-build-using-namespace): an example

// README: embed
Result<void> keep_diary(const std::filesystem::path& directory) {
  auto store = open_lmdb_store({.directory = directory, .create = true});
  if (!store) return fail(store.error());
  auto wall = system_wall_clock();
  auto random = system_random();
  auto replica =
      Replica::open(**store, *wall, *random, R"({"name": "diary", "version": 1, "collections":
      {"days": {"fields": {"water_ml": {"merge": "counter"}, "tags": {"merge": "set"}}}}})");
  if (!replica) return fail(replica.error());
  auto written = (*replica)->write([](Transaction& day) -> Result<void> {
    if (auto ok = day.patch("days", "2026-11-23", {{"mood", "good"}}); !ok) return ok;
    return day.increment("days", "2026-11-23", "water_ml", 250);
  });
  if (!written) return written;
  return (*replica)->scan("days", {.reverse = true}, [](const Record& day) {
    std::printf("%s %s\n", day.id.c_str(), value_to_json(Value(day.fields)).c_str());
    return true;
  });
}
// README: end

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s DIRECTORY\n", argv[0]);
    return 2;
  }
  if (const auto kept = keep_diary(argv[1]); !kept) {
    std::fprintf(stderr, "%s\n", kept.error().message.c_str());
    return 1;
  }
  return 0;
}
