#include <string_view>
#include <utility>

#include "syncline/loopback_server.hpp"
#include "syncline/loopback_transport.hpp"
#include "syncline/simulation/server.hpp"

namespace syncline::simulation {
namespace {

constexpr std::string_view kEmail = "person@example.org";
constexpr std::string_view kPassword = "a long enough password";

class ModelServer final : public Server {
 public:
  ModelServer(WallClock& clock, Random& random) : server_(clock, random) {
    static_cast<void>(server_.handle(RegisterRequest{std::string(kEmail), Secret(kPassword)}));
    empty_ = server_.backup();
  }

  std::unique_ptr<Transport> connect(Executor& executor) override {
    return make_loopback_transport(server_, executor);
  }

  Tokens log_in() override {
    const auto reply = server_.handle(LoginRequest{std::string(kEmail), Secret(kPassword)});
    const auto& tokens = std::get<TokensReply>(*reply);
    return {tokens.account, tokens.access_token, tokens.refresh_token};
  }

  bool expire_tokens() override {
    server_.expire_access_tokens();
    return true;
  }
  bool take_backup() override {
    backup_ = server_.backup();
    return true;
  }
  bool restore_backup() override {
    if (!backup_) return false;
    server_.restore(*backup_);
    return true;
  }
  bool empty() override {
    server_.restore(*empty_);
    return true;
  }
  bool refuse_ops(const OpJudge& judge) override {
    server_.refuse_ops(judge);
    return true;
  }

  bool visit_rows(const RowVisitor& visitor) const override {
    server_.visit(kEmail, visitor);
    return true;
  }
  std::optional<Op> find(const SlotKey& key) const override { return server_.find(kEmail, key); }
  std::string epoch() const override {
    const std::string head = server_.head(kEmail);
    return head.substr(0, head.find('.'));
  }

 private:
  LoopbackServer server_;
  std::shared_ptr<const LoopbackServer::Backup> empty_;
  std::shared_ptr<const LoopbackServer::Backup> backup_;
};

}  // namespace

std::unique_ptr<Server> make_model_server(WallClock& clock, Random& random) {
  return std::make_unique<ModelServer>(clock, random);
}

}  // namespace syncline::simulation
