#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "syncline/environment.hpp"
#include "syncline/error.hpp"
#include "syncline/replica.hpp"
#include "syncline/store.hpp"

namespace syncline::bench {

// A benchmark has nobody to hand an error to: it ends with the message.
template <typename T>
T must(Result<T> result) {
  if (!result) {
    throw std::runtime_error(std::string(code_name(result.error().code)) + ": " +
                             result.error().message);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

// A directory that goes with the object.
class TemporaryDirectory {
 public:
  explicit TemporaryDirectory(const std::filesystem::path& parent);
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// Copies the data of an LMDB environment that nothing has open, and waits until the copy is on the
// disk, so that writing it does not fall into what is measured next.
void copy_environment(const std::filesystem::path& from, const std::filesystem::path& to);

// Hands every commit on and keeps a copy of it.
//
// Thread safety: none.
class RecordingStore final : public Store {
 public:
  explicit RecordingStore(Store& store) : store_(store) {}

  Result<std::unique_ptr<Snapshot>> snapshot() const override { return store_.snapshot(); }
  Result<void> commit(const StoreBatch& batch) override {
    commits_.push_back(batch);
    return store_.commit(batch);
  }
  [[nodiscard]] std::vector<StoreBatch> take_commits() { return std::exchange(commits_, {}); }

 private:
  Store& store_;
  std::vector<StoreBatch> commits_;
};

// An open replica on the durable store, with what it stands on.
struct Database {
  std::unique_ptr<WallClock> wall;
  std::unique_ptr<Random> random;
  std::unique_ptr<Store> store;
  std::unique_ptr<RecordingStore> recording;  // null unless asked for
  std::unique_ptr<Replica> replica;
};

enum class Recording { kNo, kYes };

// Opens the database in the directory, or makes one; a schema that is given becomes its own.
[[nodiscard]] Database open_database(const std::filesystem::path& directory,
                                     Recording recording = Recording::kNo,
                                     std::optional<std::string> schema = {});

}  // namespace syncline::bench
