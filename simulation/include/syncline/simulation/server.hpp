#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "syncline/batch.hpp"
#include "syncline/environment.hpp"
#include "syncline/executor.hpp"
#include "syncline/tokens.hpp"
#include "syncline/transport.hpp"

namespace syncline::simulation {

// What the devices of a world sync with. The model is the one that comes with the kit; another
// transport can take its place, and then what cannot be done to its server is not done.
//
// Thread safety: none.
class Server {
 public:
  Server() = default;
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  virtual ~Server() = default;

  // A way to the server without faults; the world puts them in between. What it does, it does on
  // the executor, which outlives it.
  [[nodiscard]] virtual std::unique_ptr<Transport> connect(Executor& executor) = 0;
  // A new login of the account that all devices share.
  [[nodiscard]] virtual Tokens log_in() = 0;

  // The faults of a server. Each answers whether it was done.
  virtual bool expire_tokens() { return false; }
  virtual bool take_backup() { return false; }
  virtual bool restore_backup() { return false; }
  virtual bool empty() { return false; }
  // From now on it refuses ops for good with the code that the judge answers; an empty one ends it.
  using OpJudge = std::function<std::optional<Code>(const Op&)>;
  virtual bool refuse_ops(const OpJudge& judge) {
    static_cast<void>(judge);
    return false;
  }

  // A row of the account's space: an op and the sequence of its push.
  using RowVisitor = std::function<void(const Op&, std::uint64_t sequence)>;
  // Visits all rows; false if the server cannot be looked into.
  virtual bool visit_rows(const RowVisitor& visitor) const {
    static_cast<void>(visitor);
    return false;
  }
  // The register that the server holds for a slot, for servers that can be looked into.
  [[nodiscard]] virtual std::optional<Op> find(const SlotKey& key) const {
    static_cast<void>(key);
    return std::nullopt;
  }
  [[nodiscard]] virtual std::string epoch() const { return {}; }
};

// The loopback transport's server. Both must outlive it.
[[nodiscard]] std::unique_ptr<Server> make_model_server(WallClock& clock, Random& random);

}  // namespace syncline::simulation
