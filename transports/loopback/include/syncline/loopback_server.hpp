#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "syncline/batch.hpp"
#include "syncline/environment.hpp"
#include "syncline/messages.hpp"
#include "syncline/transport.hpp"

namespace syncline {

// The server of spec/protocol.md in memory: accounts, tokens, spaces of slots, pushes and pages.
// For tests, simulations and trying things out; it answers as the backend does, and can be told to
// misbehave.
//
// Thread safety: all members may be called from any thread.
class LoopbackServer {
 public:
  // Both must outlive the server. All of its randomness (epochs, tokens) is from `random`.
  LoopbackServer(WallClock& clock, Random& random);
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;
  ~LoopbackServer();

  // Answers one request, at once.
  [[nodiscard]] TransportReply handle(const Request& request);

  // The next request that no earlier call concerns is not carried out but answered with this error.
  void fail_next(TransportError error);
  // The next request that no earlier call concerns is carried out, and its reply lost.
  void lose_next_reply();
  // While silent it takes requests, and neither carries them out nor answers them. To be asked by
  // whoever stands between a client and `handle`.
  void set_silent(bool silent);
  [[nodiscard]] bool silent() const;

  // From now on ops are refused for good with the code that the judge answers, and those for which
  // it answers nothing are judged as ever. An empty one refuses nothing.
  using Judge = std::function<std::optional<Code>(const Op&)>;
  void refuse_ops(Judge judge);

  // Every access token that was given out counts as expired from now on.
  void expire_access_tokens();
  // Every space gets a new epoch and keeps its slots, as after a purge.
  void renew_epochs();
  // Accounts, tokens and spaces are gone.
  void forget_everything();

  // What the server holds, to be restored later: accounts, tokens and slots as they were, with new
  // epochs.
  class Backup;
  [[nodiscard]] std::shared_ptr<const Backup> backup() const;
  void restore(const Backup& backup);

  // How many requests were handled, with those that failed.
  [[nodiscard]] std::uint64_t request_count() const;
  // Every slot of the account's space, ascending by key; empty if there is no such account.
  [[nodiscard]] std::vector<Op> slots(std::string_view email) const;
  // Visits every slot of the account's space with the sequence of its push, ascending by key.
  void visit(std::string_view email,
             const std::function<void(const Op&, std::uint64_t sequence)>& visitor) const;
  // What the account's space holds for a slot, or nothing.
  [[nodiscard]] std::optional<Op> find(std::string_view email, const SlotKey& key) const;
  // The head of the account's space as a cursor; empty if there is no such account.
  [[nodiscard]] std::string head(std::string_view email) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace syncline
