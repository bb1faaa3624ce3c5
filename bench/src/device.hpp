#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "database.hpp"
#include "measurement.hpp"
#include "settings.hpp"
#include "syncline/synchronizer.hpp"
#include "syncline/tokens.hpp"

namespace syncline::bench {

// One request and its reply, in bytes on the wire; the first of a connection has its handshake.
struct Exchange {
  std::uint64_t sent_bytes = 0;
  std::uint64_t received_bytes = 0;
};

struct Synced {
  SyncSummary summary;
  double seconds = 0;
  std::vector<Exchange> exchanges;

  [[nodiscard]] double bytes() const;
};

// A database with an account on the server.
class Device {
 public:
  // Registers the account, or logs in to it when another device has.
  enum class Entry { kRegister, kLogin };
  Device(const Settings& settings, const std::filesystem::path& directory, const std::string& email,
         Entry entry);

  // Syncs once, on a connection of its own.
  [[nodiscard]] Synced sync();
  [[nodiscard]] Replica& replica() { return *database_.replica; }

 private:
  class Tokens;

  const Settings& settings_;
  Database database_;
  std::shared_ptr<TokenStore> tokens_;
};

}  // namespace syncline::bench
