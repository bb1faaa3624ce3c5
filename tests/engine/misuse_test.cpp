#include <csignal>
#include <thread>
#include <type_traits>

#include <boost/test/unit_test.hpp>

#include "syncline/view.hpp"
#include "tests/engine/support/device.hpp"
#include "tests/engine/support/queries.hpp"
#include "tests/storage/forked.hpp"

// What does not compile, or ends the process with a message.

namespace syncline::test {
namespace {

// What the process says that ends by SIGABRT; empty if it ends otherwise.
std::string last_words(const std::function<void()>& misuse) {
  const Ending ending = in_a_child([&](int file) {
    ::dup2(file, STDERR_FILENO);
    misuse();
    return 0;
  });
  return ending.signal == SIGABRT ? ending.said : "";
}

bool mentions(const std::string& words, std::string_view what) {
  return words.find("syncline: " + std::string(what)) != std::string::npos;
}

struct DiaryFixture {
  Device device;

  void put(Transaction& transaction) {
    static_cast<void>(transaction.put("days", "today", {{"mood", "good"}}));
  }
  // What a call says in the body of a write.
  std::string words_of(const std::function<void()>& call) {
    return last_words([&] {
      device.write([&](Transaction&) -> Result<void> {
        call();
        return {};
      });
    });
  }
};

constexpr std::string_view kWithin =
    "what commits was called from within the body of a write, for which it would wait";

BOOST_FIXTURE_TEST_SUITE(misuse, DiaryFixture)

BOOST_AUTO_TEST_CASE(a_transaction_is_neither_made_nor_copied_nor_moved_by_an_app) {
  static_assert(!std::is_default_constructible_v<Transaction>);
  static_assert(!std::is_copy_constructible_v<Transaction>);
  static_assert(!std::is_copy_assignable_v<Transaction>);
  static_assert(!std::is_move_constructible_v<Transaction>);
  static_assert(!std::is_move_assignable_v<Transaction>);
  // A body that would take one of its own is no body.
  static_assert(!std::is_constructible_v<Replica::Body, Result<void> (*)(Transaction)>);
  static_assert(!std::is_constructible_v<Replica::Body, Result<void> (*)(Transaction&&)>);
  static_assert(std::is_constructible_v<Replica::Body, Result<void> (*)(Transaction&)>);
  BOOST_TEST(device.read("days", "today") == "absent");
}

BOOST_AUTO_TEST_CASE(a_transaction_that_is_kept_beyond_its_body_is_not_used) {
  const std::string words = last_words([&] {
    Transaction* kept = nullptr;
    device.write([&](Transaction& transaction) -> Result<void> {
      kept = &transaction;
      return {};
    });
    put(*kept);
  });
  BOOST_TEST(mentions(words, "a transaction was used beyond the body that it was given to"));
}

BOOST_AUTO_TEST_CASE(a_transaction_is_not_used_after_its_body_has_failed) {
  const std::string words = last_words([&] {
    Transaction* kept = nullptr;
    static_cast<void>(device.replica().write([&](Transaction& transaction) -> Result<void> {
      kept = &transaction;
      return fail(Code::kInvalidArgument, "no");
    }));
    put(*kept);
  });
  BOOST_TEST(mentions(words, "a transaction was used beyond the body that it was given to"));
}

BOOST_AUTO_TEST_CASE(a_transaction_is_not_used_in_another_thread) {
  const std::string words = last_words([&] {
    device.write([&](Transaction& transaction) -> Result<void> {
      std::thread([&] { put(transaction); }).join();
      return {};
    });
  });
  BOOST_TEST(mentions(words, "a transaction was used in another thread"));
}

BOOST_AUTO_TEST_CASE(a_write_within_a_write_does_not_wait_for_ever) {
  BOOST_TEST(mentions(words_of([&] { device.put("days", "today", {{"mood", "good"}}); }), kWithin));
}

BOOST_AUTO_TEST_CASE(nothing_else_that_commits_waits_for_ever_within_a_write) {
  BOOST_TEST(
      mentions(words_of([&] { static_cast<void>(device.replica().queries().build()); }), kWithin));
  BOOST_TEST(mentions(words_of([&] { static_cast<void>(device.replication().bind_account("me")); }),
                      kWithin));
}

BOOST_AUTO_TEST_CASE(a_write_of_another_thread_takes_its_turn_within_a_write) {
  std::thread other;
  device.write([&](Transaction& transaction) -> Result<void> {
    other = std::thread([&] { device.put("days", "tomorrow", {{"mood", "better"}}); });
    put(transaction);
    return {};
  });
  other.join();
  BOOST_TEST(device.read("days", "today") == R"({"mood":"good"})");
  BOOST_TEST(device.read("days", "tomorrow") == R"({"mood":"better"})");
}

BOOST_AUTO_TEST_CASE(a_view_is_not_read_when_its_replica_is_gone) {
  const std::string words = last_words([&] {
    const View view = must(device.replica().view());
    device.reopen();
    static_cast<void>(view.get("days", "today"));
  });
  BOOST_TEST(mentions(words, "a view was read whose replica is gone"));
}

BOOST_AUTO_TEST_CASE(a_view_is_not_read_that_another_one_was_made_from) {
  const std::string words = last_words([&] {
    View view = must(device.replica().view());
    const View other = std::move(view);
    static_cast<void>(view.collections());  // NOLINT(bugprone-use-after-move): what is forbidden
  });
  BOOST_TEST(mentions(words, "a view was read from which another one was made by a move"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
