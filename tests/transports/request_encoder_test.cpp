#include "request_encoder.hpp"

#include "base_url.hpp"
#include "syncline/limits.hpp"
#include "tests/transports/transport_support.hpp"

namespace syncline::test {

BOOST_AUTO_TEST_SUITE(request_encoder)

BOOST_AUTO_TEST_CASE(a_base_url_is_taken_apart) {
  const auto plain = https::parse_base_url("https://sync.example.org").value();
  BOOST_TEST(plain.host == "sync.example.org");
  BOOST_TEST(plain.port == 443);
  BOOST_TEST(plain.path.empty());
  BOOST_TEST(plain.authority == "sync.example.org");
  const auto address = https::parse_base_url("HTTPS://[::1]:8443/a/b/").value();
  BOOST_TEST(address.host == "::1");
  BOOST_TEST(address.is_address);
  BOOST_TEST(address.port == 8443);
  BOOST_TEST(address.path == "/a/b");
  BOOST_TEST(address.authority == "[::1]:8443");
}

BOOST_AUTO_TEST_CASE(an_escaped_address_is_that_address) {
  for (const char* text : {"https://9.0.0.1", "https://%39.0.0.1", "https://9.0.%30.1"}) {
    const auto url = https::parse_base_url(text).value();
    BOOST_TEST(url.host == "9.0.0.1");
    BOOST_TEST(url.is_address);
    BOOST_TEST(url.authority == "9.0.0.1");
  }
}

BOOST_AUTO_TEST_CASE(a_name_may_begin_with_an_address) {
  const auto url = https::parse_base_url("https://10.0.0.1.example.org:8443/a").value();
  BOOST_TEST(url.host == "10.0.0.1.example.org");
  BOOST_TEST(!url.is_address);
  BOOST_TEST(url.authority == "10.0.0.1.example.org:8443");
  BOOST_TEST(url.path == "/a");
}

BOOST_AUTO_TEST_CASE(a_sync_request_is_written_as_the_protocol_has_it) {
  SyncRequest sync;
  sync.access_token = Secret("token");
  sync.replica = 0x0123456789abcdef;
  sync.schema = SchemaId{"health", 2, "digest"};
  sync.push_ops = std::string("\x01\x00", 2);
  sync.push_fence = 3;
  sync.pull = SyncRequest::Pull{{{"*", "cursor"}, {"private", std::nullopt}}, 10};
  const auto request = https::encode_request(sync).value();
  BOOST_TEST(request.method == "POST");
  BOOST_TEST(request.target == "/v1/sync");
  BOOST_TEST(request.bearer.reveal() == "token");
  BOOST_TEST(
      request.body ==
      R"({"protocol":1,"replica":"0123456789abcdef",)"
      R"("schema":{"name":"health","version":2,"digest":"digest"},"push":{"fence":3,"ops":"AQA="},)"
      R"("pull":{"cursors":{"*":"cursor","private":null},"limit":10}})");
}

BOOST_AUTO_TEST_CASE(a_push_names_its_last_op_where_it_has_a_number) {
  SyncRequest sync;
  sync.replica = 1;
  sync.push_ops = std::string("\x01\x00", 2);
  sync.push_through = kThroughMax;
  const auto request = https::encode_request(sync).value();
  BOOST_TEST(request.body == R"({"protocol":1,"replica":"0000000000000001",)"
                             R"("push":{"fence":0,"through":9007199254740991,"ops":"AQA="}})");
}

BOOST_AUTO_TEST_CASE(a_cursor_is_escaped_in_a_query) {
  const auto request = https::encode_request(ChangesRequest{Secret("t"), "a.1&b=\xff", ""}).value();
  BOOST_TEST(request.target == "/v1/changes?cursor=a.1%26b%3D%FF");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace syncline::test
