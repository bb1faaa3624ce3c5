#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "lmdb_environment.hpp"
#include "syncline/store.hpp"

namespace syncline::lmdb {

// A read transaction. Its views point into the map.
//
// Thread safety: none; one thread at a time, not necessarily the one that took it.
class LmdbSnapshot final : public Snapshot {
 public:
  // Errors: store_io.
  [[nodiscard]] static Result<std::unique_ptr<Snapshot>> take(
      std::shared_ptr<Environment> environment);
  ~LmdbSnapshot() override;

  Result<std::optional<std::string_view>> get(Keyspace keyspace,
                                              std::string_view key) const override;
  Result<std::unique_ptr<StoreCursor>> cursor(Keyspace keyspace) const override;
  Result<std::uint64_t> count(Keyspace keyspace) const override;

 private:
  LmdbSnapshot(std::shared_ptr<Environment> environment, Environment::Reading reading)
      : environment_(std::move(environment)), reading_(reading) {}
  [[nodiscard]] unsigned handle(Keyspace keyspace) const {
    return environment_->databases().at(static_cast<std::size_t>(keyspace));
  }

  std::shared_ptr<Environment> environment_;
  Environment::Reading reading_;
};

}  // namespace syncline::lmdb
