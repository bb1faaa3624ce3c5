#include "tests/transports/tls_server.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>

namespace syncline::test {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using ErrorCode = boost::system::error_code;

asio::ssl::context make_context(const TlsServer::Options& options) {
  asio::ssl::context context(asio::ssl::context::tls_server);
  context.use_certificate_chain_file(options.certificate.certificate.string());
  context.use_private_key_file(options.certificate.key.string(), asio::ssl::context::pem);
  if (options.protocol_max != 0) {
    // Old protocols are below the level of security that OpenSSL has by default.
    SSL_CTX_set_cipher_list(context.native_handle(), "ALL:@SECLEVEL=0");
    SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context.native_handle(), options.protocol_max);
  }
  return context;
}

// What nobody reads then fills the buffers of a connection with a third of what a request may have:
// the receiver's is the least that there is, and the sender's goes by the size of a segment.
void take_little(asio::ip::tcp::acceptor& acceptor) {
  constexpr int kSegmentBytes = 536;
  acceptor.set_option(asio::socket_base::receive_buffer_size(1));
  ::setsockopt(acceptor.native_handle(), IPPROTO_TCP, TCP_MAXSEG, &kSegmentBytes,
               sizeof kSegmentBytes);
}

}  // namespace

bool Peer::write(std::string_view bytes) {
  ErrorCode error;
  asio::write(stream_, asio::buffer(bytes), error);
  return !error;
}

void Peer::say_goodbye() {
  ErrorCode ignored;
  stream_.shutdown(ignored);
}

TlsServer::TlsServer(const Options& options, Script script)
    : script_(std::move(script)),
      manners_(options.manners),
      tls_(make_context(options)),
      acceptor_(context_, Tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
  if (manners_ == Manners::kNeverReads) take_little(acceptor_);
  acceptor_thread_ = std::thread([this] { accept(); });
}

TlsServer::~TlsServer() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    for (const int socket : open_sockets_) ::shutdown(socket, SHUT_RDWR);
  }
  ending_.notify_all();
  // Wakes the thread that is blocked in accept.
  ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
  acceptor_thread_.join();
  for (auto& thread : threads_) thread.join();
}

std::string TlsServer::url(std::string_view host) const {
  return "https://" + std::string(host) + ":" + std::to_string(acceptor_.local_endpoint().port());
}

void TlsServer::accept() {
  for (;;) {
    ErrorCode error;
    Tcp::socket socket(context_);
    acceptor_.accept(socket, error);
    const std::lock_guard lock(mutex_);
    if (ended_ || error) return;
    open_sockets_.insert(socket.native_handle());
    const int number = ++connections_;
    threads_.emplace_back(
        [this, number, owned = std::move(socket)]() mutable { serve(std::move(owned), number); });
  }
}

void TlsServer::serve(Tcp::socket socket, int number) {
  const int handle = socket.native_handle();
  Peer::Stream stream(std::move(socket), tls_);
  ErrorCode ignored;
  stream.next_layer().set_option(Tcp::no_delay(true), ignored);
  converse(stream, number);
  // Forgotten before it is closed, so that the destructor never shuts down another file of that
  // number.
  const std::lock_guard lock(mutex_);
  open_sockets_.erase(handle);
  stream.next_layer().close(ignored);
}

void TlsServer::converse(Peer::Stream& stream, int number) {
  const std::function<void()> wait_for_end = [this] {
    std::unique_lock lock(mutex_);
    ending_.wait(lock, [this] { return ended_; });
  };
  if (manners_ == Manners::kNeverHandshakes) return wait_for_end();
  ErrorCode error;
  stream.handshake(asio::ssl::stream_base::server, error);
  if (error) return;
  if (manners_ == Manners::kNeverReads) return wait_for_end();
  Peer peer(stream, wait_for_end, number);
  boost::beast::flat_buffer buffer;
  for (;;) {
    http::request_parser<http::string_body> parser;
    http::read(stream, buffer, parser, error);
    if (error) return;
    ++requests_;
    if (script_(peer, parser.get()) == Then::kClose) return;
  }
}

std::string http_reply(std::string_view status, std::string_view content_type,
                       std::string_view body, std::string_view more_headers) {
  std::string reply = "HTTP/1.1 ";
  reply.append(status).append("\r\n");
  if (!content_type.empty()) reply.append("Content-Type: ").append(content_type).append("\r\n");
  reply.append(more_headers);
  reply.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n");
  return reply.append(body);
}

std::string good_meta_reply() { return http_reply("200 OK", "application/json", kGoodMeta); }

}  // namespace syncline::test
