#include "tls.hpp"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace syncline::https {

namespace ssl = boost::asio::ssl;
using ErrorCode = boost::system::error_code;

Result<ssl::context> make_tls_context(const std::optional<std::filesystem::path>& ca_file) {
  ssl::context context(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);

  ErrorCode error;
  context.set_verify_mode(ssl::verify_peer, error);
  if (error) return fail(Code::kInternal, "TLS cannot be set up: " + error.message() + ".");
  if (!ca_file) {
    context.set_default_verify_paths(error);
    if (error) {
      return fail(Code::kInvalidArgument,
                  "The system's certificate authorities cannot be read: " + error.message() + ".");
    }
    return context;
  }
  context.load_verify_file(ca_file->string(), error);
  if (error) {
    return fail(Code::kInvalidArgument, "The file of certificate authorities " + ca_file->string() +
                                            " cannot be read: " + error.message() + ".");
  }
  return context;
}

bool expect_host(SSL* ssl, const BaseUrl& base) {
  X509_VERIFY_PARAM* parameters = SSL_get0_param(ssl);
  if (base.is_address) {
    // RFC 6066 allows no address in the server name indication.
    return X509_VERIFY_PARAM_set1_ip_asc(parameters, base.host.c_str()) == 1;
  }
  // Only subject alternative names count (RFC 9525), and a wildcard only for a whole label.
  SSL_set_hostflags(ssl,
                    X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (SSL_set1_host(ssl, base.host.c_str()) != 1) return false;
  // What the macro SSL_set_tlsext_host_name does, without its cast.
  return SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                  const_cast<char*>(base.host.c_str())) == 1;
}

std::optional<std::string> certificate_fault(const SSL* ssl) {
  const long result = SSL_get_verify_result(ssl);
  switch (result) {
    case X509_V_OK:
      return std::nullopt;
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "it has expired";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "it is not yet valid; the clock of this device may be wrong";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "it is for another host";
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      return "its authority is not known";
    default:
      return std::string(X509_verify_cert_error_string(result));
  }
}

}  // namespace syncline::https
