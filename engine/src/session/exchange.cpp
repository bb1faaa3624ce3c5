#include <algorithm>
#include <type_traits>
#include <utility>

#include "session/driver.hpp"
#include "session/failures.hpp"
#include "syncline/limits.hpp"

// The driver's requests: what is sent for an action, and what its answer becomes.

namespace syncline {
namespace {

using session::EventKind;
using session::TokenRefresh;

// A host that refuses less than this refuses everything, and no op is to blame.
constexpr std::size_t kBlamedBytesMin = 1'024;

bool refused_alone(const TransportError& error, const PushBatch* pushed) {
  return session::classify(error) == session::Failure::kTooLarge && pushed != nullptr &&
         pushed->items.size() == 1 && pushed->ops.size() > kBlamedBytesMin;
}

}  // namespace

// NOLINTBEGIN(performance-unnecessary-value-param): the request is moved into the transport
template <typename ReplyType>
void Synchronizer::Driver::send(
    Request request, std::function<void(Driver&, const ReplyType&, std::int64_t)> handler,
    std::shared_ptr<const PushBatch> pushed) {
  const std::uint64_t generation = ++generation_;
  const std::int64_t sent_ms = parts_.wall.now_ms();
  request_ = parts_.transport.send(
      std::move(request), options_.deadline,
      [weak = weak_from_this(), generation, sent_ms, handler = std::move(handler),
       pushed = std::move(pushed)](TransportReply reply) {
        const auto self = weak.lock();
        if (!self) return;
        auto shared = std::make_shared<TransportReply>(std::move(reply));
        self->post([=](Driver& driver) {
          if (driver.generation_ != generation) return;
          driver.request_.reset();
          if (!*shared) return driver.fail_request(shared->error(), pushed.get());
          const auto* expected = std::get_if<ReplyType>(&**shared);
          if (expected == nullptr) {
            return driver.fail_here(
                {Code::kInternal, "the transport gave a reply of another kind"});
          }
          handler(driver, *expected, sent_ms);
        });
      });
}
// NOLINTEND(performance-unnecessary-value-param)

Result<Tokens> Synchronizer::Driver::login() {
  auto tokens = parts_.tokens.load();
  if (!tokens) return fail(tokens.error());
  if (!*tokens) return fail(Code::kNotLoggedIn, "there is no account on this device");
  if (auto ok = replication_.bind_account((*tokens)->account); !ok) return fail(ok.error());
  return std::move(**tokens);
}

void Synchronizer::Driver::exchange(bool pull_only) {
  const auto tokens = login();
  if (!tokens) return fail_here(tokens.error());
  exchange_with(*tokens, pull_only);
}

void Synchronizer::Driver::exchange_with(const Tokens& tokens, bool pull_only) {
  SyncRequest request;
  request.access_token = tokens.access;
  request.replica = static_cast<std::uint64_t>(parts_.replica.id());
  request.schema = parts_.replica.schema().id();
  auto cursors = replication_.cursors();
  if (!cursors) return fail_here(cursors.error());
  request.pull = SyncRequest::Pull{std::move(*cursors), options_.pull_ops_max};
  std::shared_ptr<PushBatch> pushed;
  if (!pull_only) {
    auto push = replication_.next_push(
        {options_.push_ops_max,
         std::max<std::size_t>(1, options_.push_bytes_max >> state_.halvings)});
    if (!push) return fail_here(push.error());
    if (*push && !(*push)->is_after_pull) {
      pushed = std::make_shared<PushBatch>(std::move(**push));
      request.push_ops = pushed->ops;
      request.push_fence = pushed->fence;
      request.push_through = std::min(pushed->items.back().sequence, kThroughMax);
      request.replica = static_cast<std::uint64_t>(pushed->pusher);
    }
  }
  ++summary_.rounds;
  send<SyncReply>(
      std::move(request),
      [pushed](Driver& driver, const SyncReply& reply, std::int64_t sent_ms) {
        driver.take_reply(reply, pushed.get(), sent_ms);
      },
      pushed);
}

void Synchronizer::Driver::take_reply(const SyncReply& reply, const PushBatch* pushed,
                                      std::int64_t sent_ms) {
  const auto outcome = replication_.take_reply(reply, pushed, sent_ms, parts_.wall.now_ms());
  if (!outcome) return fail_here(outcome.error());
  summary_.sent_ops += outcome->acknowledged;
  summary_.received_ops += outcome->arrived;
  summary_.merged_ops += outcome->merged;
  summary_.restamped_ops += outcome->restamped;
  // Without one the next look becomes an exchange, which tries again what waits in quarantine.
  etag_ = outcome->remaining == 0 && outcome->waiting == 0 ? "\"" + reply.head + "\"" : "";
  const auto state = replication_.state();
  if (!state) return fail_here(state.error());
  {
    const std::lock_guard lock(facts_mutex_);
    facts_.done_ops += outcome->acknowledged + outcome->arrived;
    facts_.total_ops = facts_.done_ops + state->pending_ops + outcome->remaining;
  }
  publish();
  take({.kind = EventKind::kRoundDone,
        .pending = state->pending_ops > 0,
        .remaining = outcome->remaining > 0,
        .restamped = outcome->refused > 0,
        .epoch_changed = outcome->epoch_changed});
}

void Synchronizer::Driver::look() {
  const auto tokens = login();
  if (!tokens) return fail_here(tokens.error());
  const auto cursors = replication_.cursors();
  if (!cursors) return fail_here(cursors.error());
  ChangesRequest request{tokens->access, cursors->at("*").value_or(""), etag_};
  send<ChangesReply>(std::move(request), [](Driver& driver, const ChangesReply& reply,
                                            std::int64_t) {
    if (reply.changed) {
      driver.etag_ = reply.etag;
      if (auto ok = driver.replication_.expect_more(); !ok) return driver.fail_here(ok.error());
    }
    {
      const std::lock_guard lock(driver.facts_mutex_);
      driver.facts_.memory.last_success_ms = driver.parts_.wall.now_ms();
    }
    driver.take(
        {.kind = EventKind::kLookDone, .pending = driver.has_pending(), .changed = reply.changed});
  });
}

void Synchronizer::Driver::refresh_tokens() {
  const auto tokens = login();
  if (!tokens) return fail_here(tokens.error());
  ++generation_;
  refresh_ = std::make_shared<TokenRefresh>(*tokens, generation_);
  parts_.transport.send(RefreshRequest{tokens->refresh}, options_.deadline,
                        [weak = weak_from_this(), refresh = refresh_](TransportReply reply) {
                          refresh->answer(std::move(reply));
                          if (const auto self = weak.lock())
                            self->post([refresh](Driver& driver) { driver.take_tokens(refresh); });
                        });
}

void Synchronizer::Driver::take_tokens(const std::shared_ptr<TokenRefresh>& refresh) {
  if (refresh_ == refresh) refresh_.reset();
  const auto taken = refresh->take_reply({});
  if (!taken) return;
  const TransportReply& reply = *taken;
  const auto* given = reply ? std::get_if<TokensReply>(&*reply) : nullptr;
  // A refresh that nobody waits for any more still used up the token that it was asked with. If
  // keeping what it gave fails there is no one to tell; the next refresh will.
  const auto kept = given != nullptr ? keep_tokens(refresh->asked(), *given) : Result<void>();
  if (refresh->generation() != generation_) return;
  if (!reply) return fail_exchange(reply.error(), {.during_refresh = true});
  if (given == nullptr)
    return fail_here({Code::kInternal, "the transport gave a reply of another kind"});
  if (!kept) return fail_here(kept.error());
  take({.kind = EventKind::kTokensRefreshed, .pending = has_pending()});
}

Result<void> Synchronizer::Driver::keep_tokens(const Tokens& asked, const TokensReply& given) {
  if (given.account != asked.account)
    return fail(Code::kResponseMalformed, "the server gave the tokens of another account");
  const auto present = parts_.tokens.load();
  if (!present) return fail(present.error());
  const bool is_same_login = *present && (*present)->account == asked.account &&
                             (*present)->refresh.reveal() == asked.refresh.reveal();
  if (!is_same_login) return {};
  return parts_.tokens.save({given.account, given.access_token, given.refresh_token});
}

void Synchronizer::Driver::fail_request(const TransportError& error, const PushBatch* pushed) {
  if (error.error.code == Code::kPushOutdated && pushed != nullptr) {
    const auto raised = replication_.raise_fence(*pushed, error.fence);
    if (!raised) return fail_here(raised.error());
    return fail_exchange(error, {.fence_raised = *raised});
  }
  if (!refused_alone(error, pushed)) return fail_exchange(error, {});
  // It would be refused for ever, and hold up all the others.
  const auto ok = replication_.set_aside(pushed->items.front(), Code::kBodyTooLarge);
  if (!ok) return fail_here(ok.error());
  fail_exchange(error, {.set_aside = true});
}

void Synchronizer::Driver::fail_exchange(const TransportError& error, session::Event more) {
  failure_ = error.error;
  more.kind = EventKind::kRoundFailed;
  more.pending = has_pending();
  more.failure = session::classify(error);
  more.retry_after = error.retry_after;
  take(more);
}

// A failure on this device. It is raised from the executor, so that a step never runs inside a
// step.
void Synchronizer::Driver::fail_here(const Error& error) {
  const std::uint64_t generation = ++generation_;
  post([error, generation](Driver& driver) {
    // Without tokens there is nothing to refresh with.
    const bool final_auth = error.code == Code::kNotLoggedIn;
    if (driver.generation_ == generation)
      driver.fail_exchange({error, 0, {}}, {.during_refresh = final_auth});
  });
}

}  // namespace syncline
