#include <cstdio>
#include <string>

#include "syncline/simulation/simulation.hpp"

// Tortures an app's own schema with the app's own writes. The app keeps a budget: what was spent is
// read, added to and written back. Run with `lww` it finds out why that loses money, with `counter`
// that it does not have to.

using namespace syncline;              // NOLINT(google-build-using-namespace)
using namespace syncline::simulation;  // NOLINT(google-build-using-namespace)

namespace {

class Budget final : public Workload {
 public:
  explicit Budget(bool counts) : counts_(counts) {}

  // One act of the app on one device.
  Act act(Replica& replica, SeededRandom& random) override {
    const std::int64_t amount = random.between(1, 9);
    Act act{"spend " + std::to_string(amount), {}, {}};
    const std::int64_t before = spent_of(replica);
    act.result = replica.write([&](Transaction& t) {
      return counts_ ? t.increment("money", "budget", "spent", amount)
                     : t.patch("money", "budget", {{"spent", Value(before + amount)}});
    });
    // A write that failed may have been done by a process that ended before it could say so.
    certain_ = certain_ && act.result.has_value();
    spent_ += amount;
    return act;
  }

  // When every device has everything: is the money there?
  std::optional<std::string> check_settled(
      const std::vector<const Replica*>& devices) const override {
    if (!certain_ || spent_of(*devices.front()) == spent_) return std::nullopt;
    return std::to_string(spent_) + " were spent, and the budget says " +
           std::to_string(spent_of(*devices.front()));
  }

 private:
  static std::int64_t spent_of(const Replica& replica) {
    const auto record = replica.get("money", "budget");
    if (!record || !*record) return 0;
    const auto spent = (*record)->fields.find("spent");
    const auto* amount = spent == (*record)->fields.end() ? nullptr : spent->second.if_int64();
    return amount == nullptr ? 0 : *amount;
  }

  bool counts_;
  bool certain_ = true;
  std::int64_t spent_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  const std::string merge = argc > 1 ? argv[1] : "lww";
  Options options;
  options.schemas = {R"({"name": "money", "version": 1, "collections": {"money": {"fields":
      {"spent": {"merge": ")" +
                     merge + R"(", "type": "integer"}}}}})"};
  options.workload = [&] { return std::make_unique<Budget>(merge == "counter"); };
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
