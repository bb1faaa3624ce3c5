#include "tests/transports/certificates.hpp"

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdexcept>
#include <string>

namespace syncline::test {
namespace {

using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using File = std::unique_ptr<std::FILE, decltype(&std::fclose)>;

constexpr long kDay = 24 * 3600;

void require(bool done, const char* what) {
  if (!done) throw std::runtime_error(std::string("certificates: ") + what);
}

// What is particular about one certificate; times are seconds from now.
struct Profile {
  std::string common_name;
  std::string alternative_names;  // empty for none
  long valid_from = -kDay;
  long valid_until = kDay;
  bool is_authority = false;
};

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  require(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1, "extension");
  X509_EXTENSION_free(extension);
}

Certificate issue(const Profile& profile, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key) {
  static long serial = 1;
  Certificate made(X509_new(), X509_free);
  X509_set_version(made.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), serial++);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), profile.valid_from);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), profile.valid_until);
  X509_set_pubkey(made.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(profile.common_name.c_str()),
                             -1, -1, 0);
  X509* const signer = issuer == nullptr ? made.get() : issuer;
  X509_set_issuer_name(made.get(), X509_get_subject_name(signer));
  add_extension(made.get(), signer, NID_basic_constraints,
                profile.is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (!profile.alternative_names.empty()) {
    add_extension(made.get(), signer, NID_subject_alt_name, profile.alternative_names);
  }
  require(X509_sign(made.get(), issuer_key, EVP_sha256()) > 0, "signature");
  return made;
}

File open_for_writing(const std::filesystem::path& path) {
  File file(std::fopen(path.c_str(), "w"), std::fclose);
  require(file != nullptr, "file");
  return file;
}

class Authority {
 public:
  Authority(const std::filesystem::path& directory, const std::string& name)
      : directory_(directory),
        path_(directory / (name + ".pem")),
        certificate_(issue({.common_name = name, .alternative_names = {}, .is_authority = true},
                           key_.get(), nullptr, key_.get())) {
    require(PEM_write_X509(open_for_writing(path_).get(), certificate_.get()) == 1, "writing");
  }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  [[nodiscard]] CertificateFiles issue_files(const std::string& name, const Profile& profile,
                                             bool self_signed = false) const {
    const Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const auto made = self_signed ? issue(profile, key.get(), nullptr, key.get())
                                  : issue(profile, key.get(), certificate_.get(), key_.get());
    CertificateFiles files{directory_ / (name + ".pem"), directory_ / (name + ".key")};
    require(PEM_write_X509(open_for_writing(files.certificate).get(), made.get()) == 1, "writing");
    require(PEM_write_PrivateKey(open_for_writing(files.key).get(), key.get(), nullptr, nullptr, 0,
                                 nullptr, nullptr) == 1,
            "writing");
    return files;
  }

 private:
  std::filesystem::path directory_;
  std::filesystem::path path_;
  Key key_{EVP_EC_gen("P-256"), EVP_PKEY_free};
  Certificate certificate_;
};

}  // namespace

const Certificates& certificates() {
  static const auto kMade = [] {
    auto result = std::make_unique<Certificates>();
    const Authority authority(result->directory.path(), "authority");
    const Authority another(result->directory.path(), "another-authority");
    const std::string here = "DNS:localhost,IP:127.0.0.1";
    result->authority = authority.path();
    result->another_authority = another.path();
    result->good = authority.issue_files("good", {"test server", here});
    result->expired =
        authority.issue_files("expired", {"test server", here, -2 * kDay, -kDay, false});
    result->not_yet_valid =
        authority.issue_files("not-yet-valid", {"test server", here, kDay, 2 * kDay, false});
    result->of_another_host = authority.issue_files(
        "of-another-host", {"localhost", "DNS:elsewhere.example,IP:127.0.0.2"});
    result->common_name_only = authority.issue_files("common-name-only", {"localhost", ""});
    result->self_signed = authority.issue_files("self-signed", {"test server", here}, true);
    return result;
  }();
  return *kMade;
}

}  // namespace syncline::test
