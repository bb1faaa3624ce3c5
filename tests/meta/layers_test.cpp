#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

// Who may include whom, and how long a file may be. Every folder is a layer, and every include
// shows its layer, so the sources themselves can be asked.

namespace syncline::test {
namespace {

namespace fs = std::filesystem;

// The folders of engine/src, one row a layer: a file includes its own row and those above it.
const std::vector<std::set<std::string>>& engine_layers() {
  static const std::vector<std::set<std::string>> kLayers{
      {"base", "crypto"}, {"codec", "clock"}, {"schema"},
      {"strategy"},       {"merge"},          {"conflict", "query", "replica"},
      {"session"}};
  return kLayers;
}

// The parts that see nothing of the engine but its public headers, and nothing of each other.
const std::vector<std::string> kAdapters{"storage/memory", "storage/lmdb", "transports/loopback",
                                         "transports/https"};

// A third-party header, and what the names of the only files begin with that may include it.
struct Door {
  std::string prefix;
  std::vector<std::string> places;
};
const std::vector<Door> kDoors{
    {"lmdb.h", {"storage/lmdb/", "tests/storage/", "bench/src/raw_lmdb."}},
    {"boost/asio", {"transports/https/", "tests/transports/", "bench/src/raw_https."}},
    {"boost/beast", {"transports/https/", "tests/transports/", "bench/src/raw_https."}},
    {"openssl/", {"transports/https/", "tests/transports/"}},
    // The simulator reads the spec for itself.
    {"sodium.h", {"engine/src/crypto/", "simulation/src/carried_items."}},
};

// Longer files, each with the reason why a second file would not make it easier to read.
const std::map<std::string, std::string> kLongFiles{};

constexpr std::size_t kSourceLinesMax = 400;
constexpr std::size_t kHeaderLinesMax = 220;

struct Include {
  std::string file;  // that has it, from the root of the tree
  std::string name;
  bool quoted = false;
};

fs::path root() { return SYNCLINE_SOURCE_DIR; }

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  BOOST_REQUIRE_MESSAGE(file, "cannot read " << path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The C++ files below a folder, from the root of the tree.
std::vector<std::string> files_below(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(root() / folder)) {
    const auto extension = entry.path().extension();
    if (extension == ".hpp" || extension == ".cpp")
      files.push_back(fs::relative(entry.path(), root()).generic_string());
  }
  std::sort(files.begin(), files.end());
  BOOST_REQUIRE_MESSAGE(!files.empty(), "no file below " << folder);
  return files;
}

std::vector<Include> includes_of(const std::string& file) {
  std::vector<Include> includes;
  std::istringstream lines(text_of(root() / file));
  for (std::string line; std::getline(lines, line);) {
    const std::size_t hash = line.find_first_not_of(" \t");
    if (hash == std::string::npos || line.compare(hash, 8, "#include") != 0) continue;
    const std::size_t open = line.find_first_of("<\"");
    BOOST_REQUIRE(open != std::string::npos);
    const bool quoted = line[open] == '"';
    const std::size_t close = line.find(quoted ? '"' : '>', open + 1);
    includes.push_back({file, line.substr(open + 1, close - open - 1), quoted});
  }
  return includes;
}

std::vector<Include> includes_below(const std::string& folder) {
  std::vector<Include> all;
  for (const std::string& file : files_below(folder)) {
    for (Include& include : includes_of(file)) all.push_back(std::move(include));
  }
  return all;
}

bool is_standard(const Include& include) {
  return !include.quoted && include.name.find_first_of("./") == std::string::npos;
}

bool is_file(const std::string& path) { return fs::is_regular_file(root() / path); }

std::string said_by(const Include& include) { return include.file + " includes " + include.name; }

BOOST_AUTO_TEST_SUITE(layers)

BOOST_AUTO_TEST_CASE(public_headers_of_the_engine_need_the_standard_library_and_expected_alone) {
  for (const Include& include : includes_below("engine/include")) {
    BOOST_TEST((is_standard(include) || include.name == "tl/expected.hpp" ||
                (include.quoted && is_file("engine/include/" + include.name))),
               said_by(include));
  }
}

std::size_t layer_of(const std::string& folder) {
  for (std::size_t i = 0; i < engine_layers().size(); ++i) {
    if (engine_layers()[i].contains(folder)) return i;
  }
  BOOST_FAIL("engine/src/" << folder << " is in no layer");
  return 0;
}

BOOST_AUTO_TEST_CASE(the_engine_includes_one_way_only) {
  const std::string source = "engine/src/";
  for (const Include& include : includes_below("engine/src")) {
    if (!include.quoted || is_file("engine/include/" + include.name)) continue;
    BOOST_TEST(is_file(source + include.name), said_by(include));
    const std::string from = include.file.substr(source.size());
    const std::size_t own = layer_of(from.substr(0, from.find('/')));
    const std::size_t other = layer_of(include.name.substr(0, include.name.find('/')));
    BOOST_TEST(other <= own, said_by(include));
  }
}

BOOST_AUTO_TEST_CASE(stores_and_transports_see_public_headers_alone_and_never_each_other) {
  for (const std::string& adapter : kAdapters) {
    for (const Include& include : includes_below(adapter)) {
      if (!include.quoted) continue;
      BOOST_TEST((is_file("engine/include/" + include.name) ||
                  is_file(adapter + "/include/" + include.name) ||
                  is_file(adapter + "/src/" + include.name)),
                 said_by(include));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_simulator_sees_public_headers_alone) {
  for (const Include& include : includes_below("simulation")) {
    if (!include.quoted) continue;
    BOOST_TEST((is_file("engine/include/" + include.name) ||
                is_file("storage/memory/include/" + include.name) ||
                is_file("transports/loopback/include/" + include.name) ||
                is_file("simulation/include/" + include.name) ||
                is_file("simulation/src/" + include.name)),
               said_by(include));
  }
}

BOOST_AUTO_TEST_CASE(the_command_sees_public_headers_alone) {
  for (const Include& include : includes_below("cli")) {
    if (!include.quoted) continue;
    bool allowed = is_file("engine/include/" + include.name) ||
                   is_file("simulation/include/" + include.name) ||
                   is_file("cli/src/" + include.name) ||
                   (include.name.starts_with("rows/") && is_file("cli/" + include.name));
    for (const std::string& adapter : kAdapters)
      allowed = allowed || is_file(adapter + "/include/" + include.name);
    BOOST_TEST(allowed, said_by(include));
  }
}

BOOST_AUTO_TEST_CASE(the_rows_of_an_import_see_the_engine_alone_and_nothing_of_the_command) {
  for (const Include& include : includes_below("cli/rows")) {
    if (!include.quoted) continue;
    BOOST_TEST((is_file("engine/include/" + include.name) ||
                (include.name.starts_with("rows/") && is_file("cli/" + include.name))),
               said_by(include));
  }
}

BOOST_AUTO_TEST_CASE(each_library_has_one_door) {
  for (const std::string folder :
       {"engine", "storage", "transports", "cli", "simulation", "bench", "examples", "tests"}) {
    for (const Include& include : includes_below(folder)) {
      for (const Door& door : kDoors) {
        if (!include.name.starts_with(door.prefix)) continue;
        const bool allowed =
            std::any_of(door.places.begin(), door.places.end(),
                        [&](const std::string& place) { return include.file.starts_with(place); });
        BOOST_TEST(allowed, said_by(include));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(every_header_is_included_once) {
  for (const std::string folder : {"engine", "storage", "transports", "cli"}) {
    for (const std::string& file : files_below(folder)) {
      if (!file.ends_with(".hpp")) continue;
      BOOST_TEST(text_of(root() / file).starts_with("#pragma once\n"), file);
    }
  }
}

BOOST_AUTO_TEST_CASE(no_file_is_too_long) {
  std::set<std::string> excused;
  for (const std::string folder : {"engine", "storage", "transports", "cli"}) {
    for (const std::string& file : files_below(folder)) {
      const std::string text = text_of(root() / file);
      const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
      const std::size_t lines_max = file.ends_with(".hpp") ? kHeaderLinesMax : kSourceLinesMax;
      if (kLongFiles.contains(file)) {
        BOOST_TEST(lines > lines_max, file << " needs its exception no more");
        excused.insert(file);
        continue;
      }
      BOOST_TEST(lines <= lines_max, file << " has " << lines << " lines");
    }
  }
  BOOST_TEST(excused.size() == kLongFiles.size());
}

BOOST_AUTO_TEST_CASE(every_public_header_is_compiled_alone) {
  std::istringstream words(text_of(root() / "tests/meta/CMakeLists.txt"));
  std::set<std::string> compiled;
  for (std::string word; words >> word;) {
    while (!word.empty() && word.back() == ')') word.pop_back();
    compiled.insert(word);
  }
  std::vector<std::string> folders = kAdapters;
  folders.emplace_back("engine");
  for (const std::string& folder : folders) {
    for (const std::string& file : files_below(folder + "/include")) {
      BOOST_TEST(compiled.contains(fs::path(file).stem().string()),
                 file << " is not in the list of tests/meta/CMakeLists.txt");
    }
  }
}

// The words of each call of syncline_test in the CMakeLists.txt of a folder of tests.
std::vector<std::vector<std::string>> test_programs_of(const fs::path& folder) {
  const std::string text = text_of(folder / "CMakeLists.txt");
  const std::string call = "syncline_test(";
  std::vector<std::vector<std::string>> programs;
  for (auto at = text.find(call); at != std::string::npos; at = text.find(call, at + 1)) {
    const std::size_t begin = at + call.size();
    std::istringstream words(text.substr(begin, text.find(')', begin) - begin));
    programs.emplace_back(std::istream_iterator<std::string>(words),
                          std::istream_iterator<std::string>());
  }
  return programs;
}

bool starts_threads(const fs::path& source) {
  const std::string code = text_of(source);
  const auto has = [&](const std::string& name, char then) {
    return code.find(name + then) != std::string::npos;
  };
  return has("std::thread", ' ') || has("std::thread", '(') || has("make_thread_executor", '(');
}

// The thread sanitizer's build has the tests of that label alone.
BOOST_AUTO_TEST_CASE(every_test_that_starts_a_thread_is_labelled_so) {
  std::size_t with_threads = 0;
  for (const auto& entry : fs::directory_iterator(root() / "tests")) {
    if (!fs::is_regular_file(entry.path() / "CMakeLists.txt")) continue;
    for (const auto& words : test_programs_of(entry.path())) {
      const bool labelled = std::find(words.begin(), words.end(), "threads") != words.end();
      for (const std::string& word : words) {
        const fs::path source = entry.path() / word;
        if (!fs::is_regular_file(source) || !starts_threads(source)) continue;
        BOOST_TEST(labelled, words.front() << " starts a thread in " << word);
        ++with_threads;
      }
    }
  }
  BOOST_TEST(with_threads > 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
