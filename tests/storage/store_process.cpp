#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>
#include <sys/resource.h>

#include "syncline/lmdb_store.hpp"

// The other process in the tests of the LMDB store:
//   store_process MODE DIRECTORY [NUMBER]
// It opens the store and prints "open" or the code of the error, then does what MODE says.

namespace syncline {
namespace {

std::string outcome(const Result<void>& result) {
  return result ? "done" : std::string(code_name(result.error().code));
}

// One line for each that comes in: the sum of what a snapshot counts.
void answer_counts(const Store& store) {
  for (std::string line; std::getline(std::cin, line);) {
    const auto snapshot = store.snapshot();
    if (!snapshot) {
      std::cout << code_name(snapshot.error().code) << std::endl;
      continue;
    }
    std::cout << (*snapshot)->count(Keyspace::kLog).value_or(0) << std::endl;
  }
}

// Commits, until it is killed, batches that are only right as a whole.
void commit_forever(Store& store) {
  for (int version = 1;; ++version) {
    StoreBatch batch;
    for (int key = 0; key < 40; ++key) {
      batch.put(
          Keyspace::kSlots, "k" + std::to_string(key),
          std::to_string(version) + std::string(static_cast<std::size_t>(version % 7) * 900, '.'));
    }
    batch.put(Keyspace::kLog, "n" + std::to_string(version), std::string(6'000, 'x'));
    if (version > 20) batch.erase(Keyspace::kLog, "n" + std::to_string(version - 20));
    if (!store.commit(batch)) return;
    if (version % 10 == 0) std::cout << version << std::endl;
  }
}

// Lets no file grow beyond `bytes_max`, as a full disk would, and commits until that shows.
void fill(Store& store, rlim_t bytes_max) {
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{bytes_max, RLIM_INFINITY};
  ::setrlimit(RLIMIT_FSIZE, &limit);
  Result<void> result;
  int commits = 0;
  while (result) {
    StoreBatch batch;
    batch.put(Keyspace::kLog, "k" + std::to_string(commits), std::string(20'000, 'x'));
    batch.put(Keyspace::kMeta, "commits", std::to_string(commits + 1));
    result = store.commit(batch);
    if (result) ++commits;
  }
  std::cout << outcome(result) << std::endl << commits << std::endl;
  const rlimit unlimited{RLIM_INFINITY, RLIM_INFINITY};
  ::setrlimit(RLIMIT_FSIZE, &unlimited);
  StoreBatch batch;
  batch.put(Keyspace::kMeta, "after", "yes");
  std::cout << outcome(store.commit(batch)) << std::endl;
}

int run(const std::string& mode, const std::string& directory, std::uint64_t number) {
  LmdbOptions options;
  options.directory = directory;
  options.create = true;
  options.read_only = mode == "read" || mode == "hold";
  options.unsafe_no_sync = mode == "commit";  // killing the process loses nothing all the same
  if (mode == "read") options.map_bytes_start = number;
  const auto store = open_lmdb_store(options);
  std::cout << (store ? "open" : code_name(store.error().code)) << std::endl;
  if (!store) return 1;
  if (mode == "commit") commit_forever(**store);
  if (mode == "fill") fill(**store, number);
  // Until it is killed.
  Result<std::unique_ptr<Snapshot>> held;
  if (mode == "hold") held = (*store)->snapshot();
  answer_counts(**store);
  return 0;
}

}  // namespace
}  // namespace syncline

int main(int count, char** arguments) {
  if (count < 3) return 2;
  return syncline::run(arguments[1], arguments[2],
                       count > 3 ? std::strtoull(arguments[3], nullptr, 10) : 0);
}
