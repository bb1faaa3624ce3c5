#include "raw_https.hpp"

#include <algorithm>
#include <string>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/url/parse.hpp>

#include "syncline/limits.hpp"

namespace syncline::bench {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

// What the request line and the headers below take, and the little that TLS adds.
constexpr std::size_t kHeaderBytes = 250;
constexpr std::string_view kBodyBegin = R"({"padding":")";
constexpr std::string_view kBodyEnd = R"("})";
constexpr unsigned kRefusedStatus = 422;

std::vector<std::string> bodies_of(std::span<const Exchange> exchanges) {
  std::vector<std::string> bodies;
  std::size_t carried = 0;
  for (std::size_t i = 0; i < exchanges.size() || carried > 0; ++i) {
    std::size_t size = carried;
    if (i < exchanges.size())
      size += std::max(exchanges[i].sent_bytes, exchanges[i].received_bytes);
    const std::size_t least = kHeaderBytes + kBodyBegin.size() + kBodyEnd.size();
    const std::size_t body = std::min(std::max(size, least) - kHeaderBytes, kRequestBytesMax);
    carried = size > body + kHeaderBytes ? size - body - kHeaderBytes : 0;
    bodies.push_back(std::string(kBodyBegin) +
                     std::string(body - kBodyBegin.size() - kBodyEnd.size(), 'x') +
                     std::string(kBodyEnd));
  }
  return bodies;
}

// One connection; everything fails by exception.
class Connection {
 public:
  explicit Connection(const Settings& settings) : stream_(context_, tls_) {
    const auto url = boost::urls::parse_uri(settings.server).value();
    host_ = url.host();
    path_ = url.encoded_path();
    const std::string port = url.has_port() ? std::string(url.port()) : "443";
    if (settings.ca.empty()) {
      tls_.set_default_verify_paths();
    } else {
      tls_.load_verify_file(settings.ca);
    }
    stream_.set_verify_mode(asio::ssl::verify_peer);
    stream_.set_verify_callback(asio::ssl::host_name_verification(host_));
    // SSL_set_tlsext_host_name is a macro with a cast that is not const.
    if (SSL_ctrl(stream_.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                 host_.data()) != 1)
      throw std::runtime_error("cannot name the host");
    asio::ip::tcp::resolver resolver(context_);
    asio::connect(stream_.next_layer(), resolver.resolve(host_, port));
    stream_.next_layer().set_option(asio::ip::tcp::no_delay(true));
    stream_.handshake(asio::ssl::stream_base::client);
  }

  void post(const std::string& body) {
    http::request<http::string_body> request(http::verb::post, path_ + "/v1/account/logout", 11);
    request.set(http::field::host, host_);
    request.set(http::field::content_type, "application/json");
    request.set(http::field::accept_encoding, "gzip");
    request.body() = body;
    request.prepare_payload();
    http::write(stream_, request);
    http::response<http::string_body> response;
    http::read(stream_, buffer_, response);
    if (response.result_int() != kRefusedStatus || !response.keep_alive()) {
      throw std::runtime_error("a bare exchange was answered with " +
                               std::to_string(response.result_int()));
    }
  }

 private:
  asio::io_context context_;
  asio::ssl::context tls_{asio::ssl::context::tls_client};
  asio::ssl::stream<asio::ip::tcp::socket> stream_;
  boost::beast::flat_buffer buffer_;
  std::string host_;
  std::string path_;
};

}  // namespace

double exchange_raw(const Settings& settings, std::span<const Exchange> exchanges) {
  const std::vector<std::string> bodies = bodies_of(exchanges);
  return seconds_of([&] {
    Connection connection(settings);
    for (const std::string& body : bodies) connection.post(body);
  });
}

}  // namespace syncline::bench
