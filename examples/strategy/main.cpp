#include <cstdio>
#include <string>

#include "longest_text.hpp"
#include "syncline/simulation/simulation.hpp"

// Tortures a merge rule that an app brings: devices write texts of any length, and in the end all
// of them read the longest of those that nobody has replaced.

using namespace syncline;              // NOLINT(google-build-using-namespace)
using namespace syncline::simulation;  // NOLINT(google-build-using-namespace)

namespace {

constexpr const char* kSchema = R"({"name": "recipes", "version": 1, "collections": {
  "recipes": {"fields": {"method": {"merge": "custom:longest_text", "type": "string"}}}}})";

std::string method_of(const Replica& replica) {
  const auto record = replica.get("recipes", "soup");
  if (!record || !*record) return {};
  const auto found = (*record)->fields.find("method");
  const auto* text = found == (*record)->fields.end() ? nullptr : found->second.if_string();
  return text == nullptr ? std::string() : *text;
}

class Cooks final : public Workload {
 public:
  // A cook writes the method down anew, at any length.
  Act act(Replica& replica, SeededRandom& random) override {
    const std::string text(1 + random.below(20), static_cast<char>('a' + random.below(26)));
    Act act{"write " + text, {}, {}};
    act.result = replica.write([&](Transaction& t) {
      return t.patch("recipes", "soup", {{"method", Value(text)}});
    });
    last_ = text;
    // A write that failed may have been done by a process that ended before it could say so.
    is_certain_ = act.result.has_value();
    if (act.result && method_of(replica) != text)
      act.surprise = "it reads \"" + method_of(replica) + "\" after " + act.what;
    return act;
  }

  // Nobody has replaced the text that was written last, and a longer one alone may hide it.
  std::optional<std::string> check_settled(
      const std::vector<const Replica*>& devices) const override {
    const std::string found = method_of(*devices.front());
    if (!is_certain_ || found.size() >= last_.size()) return std::nullopt;
    return "it reads \"" + found + "\", and \"" + last_ + "\" was written last";
  }

 private:
  std::string last_;
  bool is_certain_ = true;
};

}  // namespace

int main() {
  Options options;
  options.schemas = {kSchema};
  if (const auto added = options.strategies.add("longest_text", longest_text::make()); !added) {
    std::fprintf(stderr, "%s\n", added.error().message.c_str());
    return 2;
  }
  options.workload = [] { return std::make_unique<Cooks>(); };
  const Report report = run_seeds(options, {.seeds = 200, .failures_max = 1});
  for (const Failure& failure : report.failures) {
    std::printf("seed %llu broke %s: %s\n", static_cast<unsigned long long>(failure.seed),
                failure.invariant.c_str(), failure.what.c_str());
    for (const std::string& line : failure.trace) std::printf("  %s\n", line.c_str());
  }
  std::printf("%llu seeds, %llu failed\n", static_cast<unsigned long long>(report.seeds),
              static_cast<unsigned long long>(report.failed));
  return report.failed == 0 ? 0 : 1;
}
