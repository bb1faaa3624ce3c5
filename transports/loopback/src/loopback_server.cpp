#include "syncline/loopback_server.hpp"

#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "accounts.hpp"
#include "server_error.hpp"
#include "space.hpp"

namespace syncline {

using loopback::Accounts;
using loopback::Space;

class LoopbackServer::Backup {
 public:
  Accounts accounts;
  std::map<std::string, Space> spaces;  // by account
};

class LoopbackServer::Impl {
 public:
  Impl(WallClock& clock, Random& random) : clock_(clock), random_(random) {}

  TransportReply handle(const Request& request) {
    const std::lock_guard lock(mutex_);
    ++request_count_;
    std::optional<TransportError> fault;
    bool lost = false;
    if (!faults_.empty()) {
      fault = std::move(faults_.front());
      lost = !fault;
      faults_.pop_front();
    }
    if (fault) return tl::unexpected(*std::move(fault));
    auto reply = std::visit([this](const auto& message) { return answer(message); }, request);
    if (!lost) return reply;
    return tl::unexpected(TransportError{
        {Code::kNetworkUnreachable, "The connection broke before the reply."}, 0, {}});
  }

  mutable std::mutex mutex_;  // guards everything below
  Backup state_;
  // What is to go wrong, in order: an error to answer with, or a reply to lose.
  std::deque<std::optional<TransportError>> faults_;
  bool silent_ = false;
  Judge judge_;
  std::uint64_t request_count_ = 0;

  void renew_epochs() {
    for (auto& [account, space] : state_.spaces) space.renew_epoch(new_epoch());
  }

 private:
  std::string new_epoch() { return to_hex(ReplicaId{random_.next()}); }

  template <typename T>
  static TransportReply as_reply(loopback::Answer<T> message) {
    if (!message) return tl::unexpected(message.error());
    return Reply(*std::move(message));
  }

  TransportReply answer(const MetaRequest&) { return Reply(MetaReply{clock_.now_ms(), 1, 1}); }

  TransportReply answer(const RegisterRequest& request) {
    auto tokens = state_.accounts.enroll(request, clock_.now_ms(), random_);
    if (tokens) state_.spaces.emplace(tokens->account, Space(new_epoch()));
    return as_reply(std::move(tokens));
  }
  TransportReply answer(const LoginRequest& request) {
    return as_reply(state_.accounts.login(request, clock_.now_ms(), random_));
  }
  TransportReply answer(const RefreshRequest& request) {
    return as_reply(state_.accounts.refresh(request, clock_.now_ms(), random_));
  }
  TransportReply answer(const LogoutRequest& request) {
    state_.accounts.logout(request);
    return Reply(EmptyReply{});
  }
  TransportReply answer(const DeleteAccountRequest& request) {
    const auto account = state_.accounts.remove(request, clock_.now_ms());
    if (!account) return tl::unexpected(account.error());
    state_.spaces.erase(*account);
    return Reply(EmptyReply{});
  }
  TransportReply answer(const SyncRequest& request) {
    const auto account = state_.accounts.authenticate(request.access_token, clock_.now_ms());
    if (!account) return tl::unexpected(account.error());
    return as_reply(state_.spaces.at(*account).sync(request, clock_.now_ms(), judge_));
  }
  TransportReply answer(const ChangesRequest& request) {
    const auto account = state_.accounts.authenticate(request.access_token, clock_.now_ms());
    if (!account) return tl::unexpected(account.error());
    return as_reply(state_.spaces.at(*account).changes(request, clock_.now_ms()));
  }

  WallClock& clock_;
  Random& random_;
};

LoopbackServer::LoopbackServer(WallClock& clock, Random& random)
    : impl_(std::make_unique<Impl>(clock, random)) {}
LoopbackServer::~LoopbackServer() = default;

TransportReply LoopbackServer::handle(const Request& request) { return impl_->handle(request); }

void LoopbackServer::fail_next(TransportError error) {
  const std::lock_guard lock(impl_->mutex_);
  impl_->faults_.emplace_back(std::move(error));
}

void LoopbackServer::lose_next_reply() {
  const std::lock_guard lock(impl_->mutex_);
  impl_->faults_.emplace_back(std::nullopt);
}

void LoopbackServer::set_silent(bool silent) {
  const std::lock_guard lock(impl_->mutex_);
  impl_->silent_ = silent;
}

bool LoopbackServer::silent() const {
  const std::lock_guard lock(impl_->mutex_);
  return impl_->silent_;
}

void LoopbackServer::refuse_ops(Judge judge) {
  const std::lock_guard lock(impl_->mutex_);
  impl_->judge_ = std::move(judge);
}

void LoopbackServer::expire_access_tokens() {
  const std::lock_guard lock(impl_->mutex_);
  impl_->state_.accounts.expire_access_tokens();
}

void LoopbackServer::renew_epochs() {
  const std::lock_guard lock(impl_->mutex_);
  impl_->renew_epochs();
}

void LoopbackServer::forget_everything() {
  const std::lock_guard lock(impl_->mutex_);
  impl_->state_ = Backup();
}

std::shared_ptr<const LoopbackServer::Backup> LoopbackServer::backup() const {
  const std::lock_guard lock(impl_->mutex_);
  return std::make_shared<const Backup>(impl_->state_);
}

void LoopbackServer::restore(const Backup& backup) {
  const std::lock_guard lock(impl_->mutex_);
  impl_->state_ = backup;
  impl_->renew_epochs();
}

std::uint64_t LoopbackServer::request_count() const {
  const std::lock_guard lock(impl_->mutex_);
  return impl_->request_count_;
}

std::vector<Op> LoopbackServer::slots(std::string_view email) const {
  const std::lock_guard lock(impl_->mutex_);
  const auto account = impl_->state_.accounts.find(email);
  if (!account) return {};
  return impl_->state_.spaces.at(*account).slots();
}

void LoopbackServer::visit(
    std::string_view email,
    const std::function<void(const Op&, std::uint64_t sequence)>& visitor) const {
  const std::lock_guard lock(impl_->mutex_);
  const auto account = impl_->state_.accounts.find(email);
  if (account) impl_->state_.spaces.at(*account).visit(visitor);
}

std::optional<Op> LoopbackServer::find(std::string_view email, const SlotKey& key) const {
  const std::lock_guard lock(impl_->mutex_);
  const auto account = impl_->state_.accounts.find(email);
  if (!account) return std::nullopt;
  return impl_->state_.spaces.at(*account).find(key);
}

std::string LoopbackServer::head(std::string_view email) const {
  const std::lock_guard lock(impl_->mutex_);
  const auto account = impl_->state_.accounts.find(email);
  if (!account) return {};
  return impl_->state_.spaces.at(*account).head();
}

}  // namespace syncline
