#include <fstream>
#include <iterator>
#include <string>

#include <boost/test/unit_test.hpp>

namespace {

std::string read(const std::string& path) {
  std::ifstream file(SYNCLINE_SOURCE_DIR "/" + path);
  BOOST_REQUIRE_MESSAGE(file, path + " cannot be read");
  return {std::istreambuf_iterator<char>(file), {}};
}

BOOST_AUTO_TEST_CASE(the_code_of_the_readme_is_the_example_that_is_built) {
  const std::string example = read("examples/quickstart/main.cpp");
  const std::string begin = "// README: embed\n";
  const std::size_t from = example.find(begin);
  const std::size_t to = example.find("// README: end");
  BOOST_REQUIRE(from != std::string::npos && to != std::string::npos);
  const std::string code = example.substr(from + begin.size(), to - from - begin.size());
  BOOST_CHECK(read("README.md").find("```cpp\n" + code + "```") != std::string::npos);
}

}  // namespace
