#include "syncline/memory_store.hpp"

#include <tuple>

namespace syncline::test {
class MemoryFixture {
 public:
  Store& store() { return *store_; }

 private:
  std::unique_ptr<Store> store_ = make_memory_store();
};
using StoresUnderTest = std::tuple<MemoryFixture>;
}  // namespace syncline::test

#include "tests/storage/store_contract.hpp"
#include "tests/storage/store_properties.hpp"
