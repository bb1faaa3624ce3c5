#pragma once

#include <filesystem>
#include <string>

#include "tests/support/temporary_directory.hpp"

namespace syncline::test {

// PEM files of a certificate and its key.
struct CertificateFiles {
  std::filesystem::path certificate;
  std::filesystem::path key;
};

// A throwaway certificate authority and what it issued. Made once for a test program.
struct Certificates {
  TemporaryDirectory directory;
  std::filesystem::path authority;          // signs all but the last
  std::filesystem::path another_authority;  // signs nothing here
  CertificateFiles good;                    // for localhost and 127.0.0.1
  CertificateFiles expired;
  CertificateFiles not_yet_valid;
  CertificateFiles of_another_host;
  CertificateFiles common_name_only;  // names localhost where names no longer count
  CertificateFiles self_signed;
};

[[nodiscard]] const Certificates& certificates();

}  // namespace syncline::test
