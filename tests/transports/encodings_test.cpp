#include "base64.hpp"
#include "gzip.hpp"
#include "tests/transports/protocol_face.hpp"
#include "tests/transports/transport_support.hpp"

namespace syncline::test {

BOOST_AUTO_TEST_SUITE(encodings)

BOOST_AUTO_TEST_CASE(base64_is_as_the_rfc_has_it) {
  const std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},
                                                                   {"f", "Zg=="},
                                                                   {"fo", "Zm8="},
                                                                   {"foo", "Zm9v"},
                                                                   {"foob", "Zm9vYg=="},
                                                                   {"fooba", "Zm9vYmE="},
                                                                   {"foobar", "Zm9vYmFy"},
                                                                   {"\xfb\xff", "+/8="}};
  for (const auto& [bytes, text] : vectors) {
    BOOST_TEST(https::encode_base64(bytes) == text);
    BOOST_TEST(https::decode_base64(text).value() == bytes);
  }
}

BOOST_AUTO_TEST_CASE(base64_that_is_not_the_one_encoding_is_refused) {
  for (const std::string_view text :
       {"Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm 9v", "Zm9v\n", "Zm9v====", "=",
        "====", "Z===", "Zg==Zg==", "Zm-_", "Zm9\xff"}) {
    BOOST_TEST(!https::decode_base64(text).has_value(), "accepted: " << text);
  }
}

BOOST_AUTO_TEST_CASE(gzip_that_is_cut_short_or_followed_by_more_is_malformed) {
  const auto whole = gzip("something that is compressed");
  BOOST_TEST(https::gunzip(whole, 100).value() == "something that is compressed");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto cut = https::gunzip(std::string_view(whole).substr(0, size), 100);
    BOOST_TEST((!cut && cut.error().code == Code::kResponseMalformed));
  }
  BOOST_TEST((https::gunzip(whole + whole, 100).error().code == Code::kResponseMalformed));
  BOOST_TEST((https::gunzip(whole, 27).error().code == Code::kResponseTooLarge));
  BOOST_TEST(https::gunzip(whole, 28).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace syncline::test
