#pragma once

#include <boost/test/unit_test.hpp>

#include "tests/engine/support/slots.hpp"
#include "tests/engine/support/sync.hpp"

// Two devices that have a record in common, the day "d".

namespace syncline::test {

inline void exchange(TinyServer& server, Device& a, Device& b) {
  for (int i = 0; i < 3; ++i) {
    server.round(a);
    server.round(b);
  }
}

// They have the same in the end.
inline void settle(TinyServer& server, Device& a, Device& b) {
  exchange(server, a, b);
  BOOST_CHECK(slots_of(a.store()) == slots_of(b.store()));
  BOOST_TEST(a.read("days", "d") == b.read("days", "d"));
  a.check_fold();
  b.check_fold();
}

}  // namespace syncline::test
