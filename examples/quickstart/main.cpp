// A device that keeps a diary. Run it twice, and the water adds up.

#include <cstdio>
#include <filesystem>

#include "syncline/lmdb_store.hpp"
#include "syncline/replica.hpp"

namespace {

using namespace syncline;  // NOLINT(google-build-using-namespace): an example

bool print_day(const Record& day) {
  std::printf("%s %s\n", day.id.c_str(), value_to_json(Value(day.fields)).c_str());
  return true;
}

// README: embed
Result<void> drink(const std::filesystem::path& directory) {
  const auto store = open_lmdb_store({.directory = directory, .create = true});
  if (!store) return fail(store.error());
  const auto clock = system_wall_clock();
  const auto random = system_random();
  const auto diary = Replica::open(**store, *clock, *random, R"({"name": "diary", "version": 1,
      "collections": {"days": {"fields": {"water_ml": {"merge": "counter"}}}}})");
  if (!diary) return fail(diary.error());
  const auto written = (*diary)->write(
      [](Transaction& day) { return day.increment("days", "2026-11-23", "water_ml", 250); });
  return written ? (*diary)->scan("days", {}, print_day) : written;
}
// README: end

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s DIRECTORY\n", argv[0]);
    return 2;
  }
  if (const auto done = drink(argv[1]); !done) {
    std::fprintf(stderr, "%s\n", done.error().message.c_str());
    return 1;
  }
  return 0;
}
