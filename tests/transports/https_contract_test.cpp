#include "syncline/https_transport.hpp"
#include "tests/transports/protocol_face.hpp"
#include "tests/transports/transport_support.hpp"

namespace syncline::test {

struct Https {
  SettableClock clock;
  SeededRandom random;
  LoopbackServer server{clock, random};
  TlsServer face{protocol_face(server)};
  std::unique_ptr<Transport> transport = make();

  std::unique_ptr<Transport> make() const {
    HttpsOptions options;
    options.base_url = face.url();
    options.ca_file = certificates().authority;
    return make_https_transport(options).value();
  }
};

using TransportsUnderTest = std::tuple<Https>;

}  // namespace syncline::test

#include "tests/transports/transport_contract.hpp"
