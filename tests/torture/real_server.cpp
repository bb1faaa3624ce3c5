#include "real_server.hpp"

#include <chrono>
#include <future>
#include <utility>

#include "syncline/environment.hpp"

namespace syncline::torture {
namespace {

constexpr std::chrono::seconds kDeadline{30};
constexpr std::string_view kPassword = "a long enough password";

}  // namespace

RealServer::RealServer(HttpsOptions options, std::unique_ptr<Transport> way)
    : options_(std::move(options)),
      way_(std::move(way)),
      email_("torture." + std::to_string(system_random()->next()) + "@example.org") {}

Result<std::unique_ptr<RealServer>> RealServer::enter(const HttpsOptions& options) {
  auto way = make_https_transport(options);
  if (!way) return fail(way.error());
  std::unique_ptr<RealServer> server(new RealServer(options, std::move(*way)));
  const auto tokens = server->ask(RegisterRequest{server->email_, Secret(kPassword)});
  if (!tokens) return fail(tokens.error());
  return server;
}

std::unique_ptr<Transport> RealServer::connect(Executor& executor) {
  static_cast<void>(executor);  // the transport has a thread of its own
  auto way = make_https_transport(options_);
  return way ? std::move(*way) : nullptr;
}

Tokens RealServer::log_in() {
  ++logins_;
  auto tokens = ask(LoginRequest{email_, Secret(kPassword)});
  return tokens ? std::move(*tokens) : Tokens{};
}

Result<Tokens> RealServer::ask(Request request) {
  const auto answer = std::make_shared<std::promise<TransportReply>>();
  auto future = answer->get_future();
  way_->send(std::move(request), kDeadline,
             [answer](TransportReply reply) { answer->set_value(std::move(reply)); });
  const TransportReply reply = future.get();
  if (!reply) return fail(reply.error().error);
  const auto* tokens = std::get_if<TokensReply>(&*reply);
  if (tokens == nullptr) return fail(Code::kInternal, "the transport gave a reply of another kind");
  return Tokens{tokens->account, tokens->access_token, tokens->refresh_token};
}

}  // namespace syncline::torture
