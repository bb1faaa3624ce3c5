#pragma once

#include <memory>
#include <set>
#include <string>
#include <utility>

#include "syncline/store.hpp"

namespace syncline::simulation {

// A disk of which some entries fail their checksum, until something is put in their place or they
// are erased. Its commits may be made to fail.
//
// Thread safety: none.
class DamagedDisk final : public Store {
 public:
  using Unreadable = std::set<std::pair<Keyspace, std::string>>;

  // The disk is borrowed.
  explicit DamagedDisk(Store& disk) : disk_(disk) {}

  void make_unreadable(Keyspace keyspace, std::string key) {
    unreadable_.emplace(keyspace, std::move(key));
  }
  [[nodiscard]] const Unreadable& unreadable() const { return unreadable_; }
  void fail_commits(bool on) { fails_ = on; }
  // How many were done.
  [[nodiscard]] unsigned commits() const { return commits_; }

  Result<std::unique_ptr<Snapshot>> snapshot() const override;
  Result<void> commit(const StoreBatch& batch) override;

 private:
  Store& disk_;
  Unreadable unreadable_;
  bool fails_ = false;
  unsigned commits_ = 0;
};

}  // namespace syncline::simulation
