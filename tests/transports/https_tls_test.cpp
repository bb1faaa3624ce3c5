#include <fstream>
#include <openssl/ssl.h>

#include "tests/transports/https_support.hpp"

namespace syncline::test {
namespace {

// The message of the refusal, of which no request may have come to the server.
std::string refusal_of(const CertificateFiles& certificate, std::string_view host = "localhost") {
  const TlsServer server({certificate}, always(good_meta_reply()));
  const auto transport = make_https_transport(options_for(server, host)).value();
  const auto error = expect_error(ask(*transport, MetaRequest{}), Code::kCertificateUntrusted, 0);
  BOOST_TEST(server.request_count() == 0);
  BOOST_TEST(error.error.message.find(host) != std::string::npos);
  return error.error.message;
}

bool says(const std::string& message, std::string_view words) {
  return message.find(words) != std::string::npos;
}

Code refused_options(const HttpsOptions& options) {
  const auto made = make_https_transport(options);
  if (made) BOOST_FAIL("accepted: " << options.base_url);
  BOOST_TEST(!says(made.error().message, "hidden"));
  return made.error().code;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(https_tls)

BOOST_AUTO_TEST_CASE(a_trusted_certificate_is_accepted_by_name_and_by_address) {
  const TlsServer server(always(good_meta_reply()));
  for (const std::string_view host : {"localhost", "127.0.0.1"}) {
    const auto transport = make_https_transport(options_for(server, host)).value();
    (void)expect<MetaReply>(ask(*transport, MetaRequest{}));
  }
}

BOOST_AUTO_TEST_CASE(an_expired_certificate_is_refused) {
  BOOST_TEST(says(refusal_of(certificates().expired), "has expired"));
}

BOOST_AUTO_TEST_CASE(a_certificate_of_the_future_is_refused) {
  BOOST_TEST(says(refusal_of(certificates().not_yet_valid), "not yet valid"));
}

BOOST_AUTO_TEST_CASE(a_certificate_of_another_host_is_refused) {
  BOOST_TEST(says(refusal_of(certificates().of_another_host), "for another host"));
  BOOST_TEST(says(refusal_of(certificates().of_another_host, "127.0.0.1"), "for another host"));
}

BOOST_AUTO_TEST_CASE(a_common_name_does_not_count) {
  BOOST_TEST(says(refusal_of(certificates().common_name_only), "for another host"));
}

BOOST_AUTO_TEST_CASE(a_self_signed_certificate_is_refused) {
  BOOST_TEST(says(refusal_of(certificates().self_signed), "authority is not known"));
}

BOOST_AUTO_TEST_CASE(a_certificate_of_an_unknown_authority_is_refused) {
  const TlsServer server(always(good_meta_reply()));
  auto options = options_for(server);
  options.ca_file = certificates().another_authority;
  const auto error = expect_error(ask(*make_https_transport(options).value(), MetaRequest{}),
                                  Code::kCertificateUntrusted, 0);
  BOOST_TEST(says(error.error.message, "authority is not known"));
  // Nor does the system know the authority of a test.
  options.ca_file.reset();
  (void)expect_error(ask(*make_https_transport(options).value(), MetaRequest{}),
                     Code::kCertificateUntrusted, 0);
  BOOST_TEST(server.request_count() == 0);
}

BOOST_AUTO_TEST_CASE(a_server_that_speaks_only_tls_1_1_is_refused) {
  const TlsServer server({certificates().good, TLS1_1_VERSION}, always(good_meta_reply()));
  const auto error =
      expect_error(ask(*connect(server), MetaRequest{}), Code::kNetworkUnreachable, 0);
  BOOST_TEST(says(error.error.message, "TLS handshake"));
  BOOST_TEST(server.request_count() == 0);
}

BOOST_AUTO_TEST_CASE(a_server_that_speaks_tls_1_2_is_accepted) {
  const TlsServer server({certificates().good, TLS1_2_VERSION}, always(good_meta_reply()));
  (void)expect<MetaReply>(ask(*connect(server), MetaRequest{}));
}

BOOST_AUTO_TEST_CASE(a_port_where_nobody_listens_is_unreachable) {
  std::string url;
  {
    const TlsServer server(always(good_meta_reply()));
    url = server.url();
  }
  HttpsOptions options;
  options.base_url = url;
  (void)expect_error(ask(*make_https_transport(options).value(), MetaRequest{}),
                     Code::kNetworkUnreachable, 0);
}

BOOST_AUTO_TEST_CASE(a_name_that_does_not_exist_is_unreachable) {
  HttpsOptions options;
  options.base_url = "https://no-such-host.invalid";
  (void)expect_error(ask(*make_https_transport(options).value(), MetaRequest{}),
                     Code::kNetworkUnreachable, 0);
}

BOOST_AUTO_TEST_CASE(a_url_that_is_not_plain_https_is_refused) {
  for (const std::string url :
       {"", "localhost", "http://localhost", "ftp://localhost", "https://", "https:///v1",
        "https://user:hidden@localhost", "https://localhost?hidden", "https://localhost#hidden",
        "https://localhost:0", "https://localhost:65536", "https://localhost:12x",
        "https://local host", "https://local\r\nHost: hidden", "https://localhost/\r\nhidden",
        "https://a%0d%0ahidden"}) {
    HttpsOptions options;
    options.base_url = url;
    BOOST_TEST(refused_options(options) == Code::kInvalidArgument);
  }
}

BOOST_AUTO_TEST_CASE(regression_a_host_that_is_escaped_is_no_other_host_or_port) {
  for (const std::string url :
       {"https://localhost%3a444", "https://localhost%2fhidden", "https://user%40localhost",
        "https://%5b::1%5d", "https://local%c3%a4host", "https://local(host)"}) {
    HttpsOptions options;
    options.base_url = url;
    BOOST_TEST(refused_options(options) == Code::kInvalidArgument);
  }
}

BOOST_AUTO_TEST_CASE(a_file_of_authorities_that_cannot_be_read_is_refused) {
  HttpsOptions options;
  options.base_url = "https://localhost";
  options.ca_file = certificates().directory.path() / "missing.pem";
  BOOST_TEST(refused_options(options) == Code::kInvalidArgument);
  BOOST_TEST(says(make_https_transport(options).error().message, "missing.pem"));
  options.ca_file = certificates().directory.path() / "empty.pem";
  std::ofstream(*options.ca_file) << "no certificate\n";
  BOOST_TEST(refused_options(options) == Code::kInvalidArgument);
}

BOOST_AUTO_TEST_CASE(a_user_agent_with_a_line_break_is_refused) {
  HttpsOptions options;
  options.base_url = "https://localhost";
  options.user_agent = "app\r\nX-Header: 1";
  BOOST_TEST(refused_options(options) == Code::kInvalidArgument);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace syncline::test
