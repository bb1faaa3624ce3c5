#include "syncline/lmdb_store.hpp"

#include <tuple>

#include "tests/storage/lmdb_fixture.hpp"

namespace syncline::test {
using StoresUnderTest = std::tuple<LmdbFixture>;
}  // namespace syncline::test

#include "tests/storage/store_contract.hpp"
#include "tests/storage/store_properties.hpp"
