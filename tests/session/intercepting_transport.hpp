#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "syncline/executor.hpp"
#include "syncline/transport.hpp"

namespace syncline::test {

// A transport whose test may answer requests itself, as what stands between a client and its
// server does.
class InterceptingTransport final : public Transport {
 public:
  // Nothing for a request that is to go through.
  using Interceptor = std::function<std::optional<TransportReply>(const Request&)>;

  InterceptingTransport(std::unique_ptr<Transport> inner, Executor& executor)
      : inner_(std::move(inner)), executor_(executor) {}

  RequestId send(Request request, std::chrono::milliseconds deadline, Handler handler) override {
    auto answer = interceptor ? interceptor(request) : std::nullopt;
    if (!answer) return inner_->send(std::move(request), deadline, std::move(handler));
    static_cast<void>(executor_.post_after(
        std::chrono::milliseconds(20),
        [handler = std::move(handler), answer = std::move(answer)] { handler(*answer); }));
    return RequestId{};
  }
  void cancel(RequestId request) override {
    if (request != RequestId{}) inner_->cancel(request);
  }
  [[nodiscard]] TransportTraffic traffic() const override { return inner_->traffic(); }

  Interceptor interceptor;

 private:
  std::unique_ptr<Transport> inner_;
  Executor& executor_;
};

}  // namespace syncline::test
