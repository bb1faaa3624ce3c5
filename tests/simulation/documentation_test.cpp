#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include <boost/test/unit_test.hpp>

namespace syncline::test {
namespace {

std::string contents(const std::string& path) {
  std::ifstream file(SYNCLINE_SOURCE_DIR "/" + path);
  BOOST_REQUIRE_MESSAGE(file, path << " cannot be read");
  return {std::istreambuf_iterator<char>(file), {}};
}

// What the expression's first group has at each place where it fits.
std::set<std::string> all_of(const std::string& text, const char* expression) {
  const std::regex pattern(expression);
  std::set<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), pattern), end; at != end; ++at)
    found.insert((*at)[1].str());
  return found;
}

std::string section(const std::string& text, const std::string& heading) {
  const auto begin = text.find("\n## " + heading + "\n");
  BOOST_REQUIRE_MESSAGE(begin != std::string::npos, "there is no section " << heading);
  return text.substr(begin, text.find("\n## ", begin + 1) - begin);
}

BOOST_AUTO_TEST_SUITE(documentation)

BOOST_AUTO_TEST_CASE(names_each_invariant_and_no_other) {
  std::set<std::string> declared = all_of(
      contents("simulation/src/invariants.hpp") + contents("simulation/src/repair_invariants.hpp"),
      R"(\]\] Finding (\w+)\()");
  declared.erase("of_the_journal");  // which calls four of them
  const std::set<std::string> named =
      all_of(section(contents("docs/simulation.md"), "The invariants"), "`([a-z]+_\\w+)`");
  BOOST_TEST(declared.size() > 30U);
  BOOST_TEST(named == declared, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
