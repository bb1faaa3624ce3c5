#include <boost/test/unit_test.hpp>

#include "tests/engine/support/device.hpp"
#include "tests/engine/support/sync.hpp"

namespace syncline::test {
namespace {

BOOST_AUTO_TEST_SUITE(observing)

// What an observer was told, each commit as one line.
class Notes {
 public:
  Replica::Observer observer() {
    return [this](const std::vector<Change>& changes) {
      std::string line;
      for (const Change& change : changes) {
        if (!line.empty()) line += ' ';
        line += change.collection + "/" + change.record + "/" + change.field +
                (change.origin == Origin::kLocal ? "+" : "*") +
                std::to_string(static_cast<std::uint64_t>(change.writer));
      }
      lines_.push_back(line);
    };
  }
  [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }

 private:
  std::vector<std::string> lines_;
};

using Lines = std::vector<std::string>;

BOOST_AUTO_TEST_CASE(a_commit_is_told_with_its_fields_and_writer) {
  Device device({}, 7);
  Notes notes;
  const auto subscription = device.replica().observe(notes.observer());
  device.put("c", "r", {{"f", Value(1)}});
  BOOST_TEST(notes.lines() == Lines{"c/r/+7 c/r/f+7"});
}

BOOST_AUTO_TEST_CASE(a_deletion_is_told_without_a_field) {
  Device device;
  device.put("c", "r", {{"f", Value(1)}});
  Notes notes;
  const auto subscription = device.replica().observe(notes.observer());
  device.erase("c", "r");
  BOOST_TEST(notes.lines() == Lines{"c/r/+1"});
}

BOOST_AUTO_TEST_CASE(what_is_told_is_committed_already) {
  Device device;
  std::string seen;
  const auto subscription =
      device.replica().observe([&](const std::vector<Change>&) { seen = device.read("c", "r"); });
  device.put("c", "r", {{"f", Value(1)}});
  BOOST_TEST(seen == R"({"f":1})");
}

BOOST_AUTO_TEST_CASE(commits_are_told_in_their_order) {
  Device device;
  Notes notes;
  const auto subscription = device.replica().observe(notes.observer());
  device.put("c", "1", {});
  device.put("c", "2", {});
  device.erase("c", "1");
  BOOST_TEST(notes.lines() == (Lines{"c/1/+1", "c/2/+1", "c/1/+1"}));
}

BOOST_AUTO_TEST_CASE(what_arrives_is_told_with_its_origin_and_writer) {
  Device device;
  Notes notes;
  const auto subscription = device.replica().observe(notes.observer());
  take(device,
       page_of(remote_record("c", "r", "f", Value(1), stamp_at(kPresentMs, 0, 9)), kPresentMs));
  BOOST_TEST(notes.lines() == Lines{"c/r/*9 c/r/f*9"});
}

BOOST_AUTO_TEST_CASE(what_arrives_and_changes_nothing_is_not_told) {
  Device device;
  const auto page =
      page_of(remote_record("c", "r", "f", Value(1), stamp_at(kPresentMs)), kPresentMs);
  take(device, page);
  Notes notes;
  const auto subscription = device.replica().observe(notes.observer());
  take(device, page);
  BOOST_TEST(notes.lines().empty());
}

BOOST_AUTO_TEST_CASE(nothing_is_told_of_what_was_rolled_back) {
  Device device;
  Notes notes;
  const auto subscription = device.replica().observe(notes.observer());
  BOOST_TEST(!device.replica().write([](Transaction& t) -> Result<void> {
    must(t.put("c", "r", {}));
    return fail(Code::kInvalidArgument, "no");
  }));
  device.store().fail_commits(true);
  BOOST_TEST(!device.replica().write([](Transaction& t) { return t.put("c", "r", {}); }));
  BOOST_TEST(notes.lines().empty());
}

BOOST_AUTO_TEST_CASE(an_observer_may_write_and_hears_of_it_later) {
  Device device;
  Notes notes;
  bool inside = false;
  bool nested = false;
  const auto writer = device.replica().observe([&](const std::vector<Change>& changes) {
    nested = nested || inside;
    inside = true;
    if (changes.front().record == "1") device.put("c", "2", {});
    inside = false;
  });
  const auto subscription = device.replica().observe(notes.observer());
  device.put("c", "1", {});
  BOOST_TEST(notes.lines() == (Lines{"c/1/+1", "c/2/+1"}));
  BOOST_TEST(!nested);
}

BOOST_AUTO_TEST_CASE(an_observation_ends_with_its_subscription) {
  Device device;
  Notes notes;
  {
    const auto subscription = device.replica().observe(notes.observer());
    device.put("c", "1", {});
  }
  device.put("c", "2", {});
  BOOST_TEST(notes.lines() == Lines{"c/1/+1"});
}

BOOST_AUTO_TEST_CASE(an_observer_may_end_its_own_observation) {
  Device device;
  int calls = 0;
  Subscription subscription;
  subscription = device.replica().observe([&](const std::vector<Change>&) {
    ++calls;
    subscription = Subscription();
  });
  device.put("c", "1", {});
  device.put("c", "2", {});
  BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE(a_subscription_may_outlive_the_replica) {
  Subscription subscription;
  {
    Device device;
    subscription = device.replica().observe([](const std::vector<Change>&) {});
  }
  BOOST_CHECK_NO_THROW(subscription = Subscription());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
