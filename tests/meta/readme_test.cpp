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

// The lines of a source between `// MARK` and the `end` of it.
std::string marked(const std::string& path, const std::string& mark, const std::string& end) {
  const std::string source = read(path);
  const std::string begin = "// " + mark + "\n";
  const std::size_t from = source.find(begin);
  const std::size_t to = source.find("// " + end);
  BOOST_REQUIRE(from != std::string::npos && to != std::string::npos);
  return source.substr(from + begin.size(), to - from - begin.size());
}

BOOST_AUTO_TEST_CASE(the_code_of_the_readme_is_the_example_that_is_built) {
  const std::string code = marked("examples/quickstart/main.cpp", "README: embed", "README: end");
  BOOST_CHECK(read("README.md").find("```cpp\n" + code + "```") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_code_of_the_guide_to_conflicts_is_the_example_that_is_built) {
  const std::string code = marked("examples/conflicts/inbox.cpp", "GUIDE: inbox", "GUIDE: end");
  BOOST_CHECK(read("docs/conflicts.md").find("```cpp\n" + code + "```") != std::string::npos);
}

}  // namespace
