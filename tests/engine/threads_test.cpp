#include <atomic>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "syncline/memory_store.hpp"
#include "syncline/query.hpp"
#include "syncline/view.hpp"
#include "tests/engine/support/environment.hpp"
#include "tests/engine/support/lmdb.hpp"
#include "tests/engine/support/results.hpp"

// Several readers and a writer. It says most under the thread sanitizer.

namespace syncline::test {
namespace {

constexpr const char* kSchema = R"({"name": "bank", "version": 1, "collections": {
  "accounts": {"indexes": {"by_cents": {"fields": ["cents"]}}}}})";
constexpr std::int64_t kAccounts = 8;
constexpr std::int64_t kCentsEach = 1'000;
constexpr std::size_t kReaders = 3;
constexpr std::int64_t kTransfers = 200;

std::string account(std::int64_t number) { return "a" + std::to_string(number % kAccounts); }

std::int64_t cents(const Record& record) { return *record.fields.at("cents").if_int64(); }

// An account book whose accounts always sum up to the same, and that says how often something was
// moved: in an account of its own, which is of another collection.
class Bank {
 public:
  explicit Bank(std::unique_ptr<Store> store) : store_(std::move(store)) {
    must(replica_->write([](Transaction& t) -> Result<void> {
      for (std::int64_t number = 0; number < kAccounts; ++number)
        must(t.put("accounts", account(number), {{"cents", Value(kCentsEach)}}));
      return t.put("books", "moved", {{"times", Value(0)}});
    }));
  }

  Replica& replica() { return *replica_; }

  void transfer(std::int64_t time) {
    must(replica_->write([&](Transaction& t) -> Result<void> {
      const std::int64_t amount = 1 + time % 7;
      const auto from = must(t.get("accounts", account(time))).value();
      const auto to = must(t.get("accounts", account(time * 3 + 1))).value();
      if (from.id == to.id) return t.put("books", "moved", {{"times", Value(time)}});
      must(t.put("accounts", from.id, {{"cents", Value(cents(from) - amount)}}));
      must(t.put("accounts", to.id, {{"cents", Value(cents(to) + amount)}}));
      return t.put("books", "moved", {{"times", Value(time)}});
    }));
  }

 private:
  std::unique_ptr<Store> store_;
  ManualWall wall_;
  CountingRandom random_;
  std::unique_ptr<Replica> replica_ = must(Replica::open(*store_, wall_, random_, kSchema));
};

// What one view says of the book, by each way of reading.
struct Sums {
  std::int64_t by_get = 0;
  std::int64_t by_scan = 0;
  std::int64_t by_index = 0;
  std::int64_t moved = 0;

  [[nodiscard]] bool is_whole() const {
    constexpr std::int64_t kAll = kAccounts * kCentsEach;
    return by_get == kAll && by_scan == kAll && by_index == kAll;
  }
  bool operator==(const Sums&) const = default;
};

Result<Sums> sums_of(const View& view) {
  Sums sums;
  for (std::int64_t number = 0; number < kAccounts; ++number) {
    const auto found = view.get("accounts", account(number));
    if (!found) return fail(found.error());
    sums.by_get += cents(**found);
  }
  const auto add_to = [](std::int64_t& sum) {
    return [&sum](const Record& record) {
      sum += cents(record);
      return true;
    };
  };
  if (auto ok = view.scan("accounts", {}, add_to(sums.by_scan)); !ok) return fail(ok.error());
  const auto end = view.run({"accounts", "by_cents"}, add_to(sums.by_index));
  if (!end) return fail(end.error());
  const auto moved = view.get("books", "moved");
  if (!moved) return fail(moved.error());
  sums.moved = *(*moved)->fields.at("times").if_int64();
  return sums;
}

// What a reader has found, for the test to say: Boost.Test is for one thread.
struct Findings {
  std::atomic<int> views{0};
  std::atomic<int> errors{0};
  std::atomic<int> torn{0};      // views that saw half a transfer
  std::atomic<int> changed{0};   // views that said something else the second time
  std::atomic<int> backward{0};  // views that were taken later and saw less

  void take(Replica& replica, std::int64_t& last) {
    const auto view = replica.view();
    const auto first = view ? sums_of(*view) : fail(view.error());
    const auto second = view ? sums_of(*view) : fail(view.error());
    ++views;
    if (!first || !second) {
      ++errors;
      return;
    }
    if (!first->is_whole()) ++torn;
    if (*first != *second) ++changed;
    if (first->moved < last) ++backward;
    last = first->moved;
  }
};

// Readers that read until it is destroyed.
class Readers {
 public:
  Readers(Bank& bank, Findings& findings) {
    for (std::size_t i = 0; i < kReaders; ++i) {
      threads_.emplace_back([this, &bank, &findings] {
        std::int64_t last = 0;
        do {
          findings.take(bank.replica(), last);
        } while (!is_over_);
      });
    }
  }
  Readers(const Readers&) = delete;
  Readers& operator=(const Readers&) = delete;
  ~Readers() {
    is_over_ = true;
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  std::atomic<bool> is_over_{false};
  std::vector<std::thread> threads_;
};

void check(Bank& bank) {
  Findings findings;
  {
    const Readers readers(bank, findings);
    for (std::int64_t time = 1; time <= kTransfers; ++time) bank.transfer(time);
  }
  BOOST_TEST(findings.views >= static_cast<int>(kReaders));
  BOOST_TEST(findings.errors == 0);
  BOOST_TEST(findings.torn == 0);
  BOOST_TEST(findings.changed == 0);
  BOOST_TEST(findings.backward == 0);
  const View last = must(bank.replica().view());
  BOOST_TEST(must(sums_of(last)).moved == kTransfers);
}

BOOST_AUTO_TEST_SUITE(threads)

BOOST_AUTO_TEST_CASE(readers_of_memory_see_whole_transactions_while_one_writes) {
  Bank bank(make_memory_store());
  check(bank);
}

BOOST_AUTO_TEST_CASE(readers_of_lmdb_see_whole_transactions_while_one_writes) {
  const TemporaryDirectory directory;
  Bank bank(open_lmdb(directory));
  check(bank);
}

BOOST_AUTO_TEST_CASE(readers_whose_views_overlap_let_a_small_map_grow) {
  const TemporaryDirectory directory;
  Bank bank(open_lmdb(directory, 1));
  Findings findings;
  {
    const Readers readers(bank, findings);
    for (int size = 1; size <= 20; ++size) {
      must(bank.replica().write([&](Transaction& t) {
        return t.put("notes", "n" + std::to_string(size),
                     {{"text", Value(std::string(std::size_t{60'000}, 'x'))}});
      }));
    }
  }
  BOOST_TEST(findings.errors == 0);
  BOOST_TEST(findings.torn == 0);
}

BOOST_AUTO_TEST_CASE(several_writers_take_turns_and_lose_nothing) {
  Bank bank(make_memory_store());
  Findings findings;
  {
    const Readers readers(bank, findings);
    std::vector<std::thread> writers;
    for (int writer = 0; writer < 3; ++writer) {
      writers.emplace_back([&] {
        for (int i = 0; i < 50; ++i) {
          static_cast<void>(bank.replica().write([](Transaction& t) -> Result<void> {
            const auto count = t.get("books", "count");
            if (!count) return fail(count.error());
            const std::int64_t before = *count ? *(*count)->fields.at("n").if_int64() : 0;
            return t.put("books", "count", {{"n", Value(before + 1)}});
          }));
        }
      });
    }
    for (std::thread& writer : writers) writer.join();
  }
  const auto count = must(bank.replica().get("books", "count")).value();
  BOOST_TEST((count.fields.at("n") == Value(150)));
  BOOST_TEST(findings.torn == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace syncline::test
