#include "base_url.hpp"

#include <algorithm>

#include <boost/url/ipv4_address.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace syncline::https {
namespace {

tl::unexpected<Error> refuse(std::string_view why) {
  // The URL itself is not repeated: people paste passwords into URLs.
  return fail(Code::kInvalidArgument, "The server's URL " + std::string(why) + ".");
}

// What is escaped in a URL is any byte, also one that would make another host or port of it where
// the parts are put together again.
bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_';
}

// Boost.URL 1.81 takes the address at the beginning of a name such as 10.0.0.1.example.org for the
// host. With its first digit escaped, which says the same (RFC 3986, section 2.3), it reads on.
std::string with_whole_name(std::string_view text) {
  constexpr std::string_view kMark = "://";
  std::string url(text);
  const std::size_t mark = url.find(kMark);
  if (mark == std::string::npos) return url;
  const std::size_t first = mark + kMark.size();
  if (first < url.size() && url[first] >= '0' && url[first] <= '9') url.insert(first, "%3");
  return url;
}

}  // namespace

Result<BaseUrl> parse_base_url(std::string_view text) {
  const std::string readable = with_whole_name(text);
  const auto parsed = boost::urls::parse_uri(readable);
  if (!parsed) return refuse("is not a URL of the form https://host[:port][/path]");
  const boost::urls::url_view& url = *parsed;
  const std::string_view path = url.encoded_path();
  // Boost.URL 1.81 takes what follows the digits of a port for the path.
  if (!path.empty() && !path.starts_with('/')) return refuse("has a port that is not a number");
  if (url.scheme_id() != boost::urls::scheme::https) return refuse("does not begin with https://");
  if (url.has_userinfo()) return refuse("has a user or password in it");
  if (url.has_query() || url.has_fragment()) return refuse("has a query or fragment in it");

  BaseUrl base;
  switch (url.host_type()) {
    case boost::urls::host_type::ipv6:
      base.is_address = true;
      base.host = url.host_address();
      base.authority = "[" + base.host + "]";
      break;
    case boost::urls::host_type::name:
      base.host = url.host_name();
      if (!std::ranges::all_of(base.host, is_host_character))
        return refuse("has a character in its host that no host name has");
      base.is_address = boost::urls::parse_ipv4_address(base.host).has_value();
      base.authority = base.host;
      break;
    default:
      return refuse("names no host");
  }
  if (base.host.empty()) return refuse("names no host");
  if (url.has_port()) {
    base.port = url.port_number();
    if (base.port == 0) return refuse("has a port that is not between 1 and 65535");
    if (base.port != 443) base.authority += ":" + std::to_string(base.port);
  }
  base.path = path;
  while (base.path.ends_with('/')) base.path.pop_back();
  return base;
}

}  // namespace syncline::https
