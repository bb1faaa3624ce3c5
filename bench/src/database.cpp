#include "database.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <unistd.h>

#include "syncline/lmdb_store.hpp"

namespace syncline::bench {

TemporaryDirectory::TemporaryDirectory(const std::filesystem::path& parent) {
  std::string name = (parent / "syncline-bench.XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr)
    throw std::runtime_error("cannot make a directory in " + parent.string());
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void copy_environment(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::filesystem::create_directories(to);
  std::filesystem::copy_file(from / "data.mdb", to / "data.mdb");
  const int file = ::open((to / "data.mdb").c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0 || ::fsync(file) != 0) throw std::runtime_error("cannot copy " + from.string());
  ::close(file);
}

Database open_database(const std::filesystem::path& directory, Recording recording,
                       std::optional<std::string> schema) {
  Database database;
  database.wall = system_wall_clock();
  database.random = system_random();
  LmdbOptions options;
  options.directory = directory;
  options.create = true;
  database.store = must(open_lmdb_store(options));
  Store* store = database.store.get();
  if (recording == Recording::kYes) {
    database.recording = std::make_unique<RecordingStore>(*store);
    store = database.recording.get();
  }
  database.replica =
      must(Replica::open(*store, *database.wall, *database.random, std::move(schema)));
  return database;
}

}  // namespace syncline::bench
