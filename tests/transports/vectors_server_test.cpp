#include <algorithm>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "space.hpp"
#include "syncline/limits.hpp"
#include "tests/engine/support/vectors.hpp"

// The server's half of the golden vectors, run by the server in memory; the backend runs the same
// files.

namespace syncline::test {
namespace {

using loopback::Space;

constexpr std::string_view kEpoch = "00000000000000e1";
constexpr std::int64_t kNowMs = 1'800'000'000'000;

std::uint64_t sequence_of(const json::value& value) {
  return static_cast<std::uint64_t>(number(value));
}

// A pull of everything after this sequence.
std::vector<Op> after(Space& space, std::uint64_t sequence) {
  SyncRequest request;
  request.pull = SyncRequest::Pull{{{"*", std::string(kEpoch) + "." + std::to_string(sequence)}},
                                   kBatchOpsMax};
  const auto reply = space.sync(request, kNowMs);
  BOOST_REQUIRE(reply.has_value());
  auto ops = decode_own_batch(reply->pull->ops);
  BOOST_REQUIRE(ops.has_value());
  return *ops;
}

PullCursors cursors_of(const json::object& asked) {
  PullCursors cursors;
  for (const auto& [name, cursor] : asked.at("cursors").as_object()) {
    cursors[name] =
        cursor.is_null() ? std::nullopt : std::optional(std::string(cursor.as_string()));
  }
  return cursors;
}

void check_push(Space& space, const json::object& push) {
  only_members(push, {"now", "batch", "verdicts", "refused", "head", "error", "replica", "fence",
                      "least_fence", "through", "taken", "cursors"});
  SyncRequest request;
  request.replica = push.contains("replica") ? std::stoull(text(push, "replica"), nullptr, 16) : 1;
  if (push.contains("fence")) request.push_fence = sequence_of(push.at("fence"));
  if (push.contains("through")) request.push_through = sequence_of(push.at("through"));
  if (push.contains("cursors")) request.pull = SyncRequest::Pull{cursors_of(push), {}};
  request.push_ops = expand(push.at("batch"));
  const auto reply = space.sync(request, number(push.at("now")));
  if (push.contains("error")) {
    BOOST_REQUIRE(!reply.has_value());
    BOOST_CHECK_EQUAL(code_name(reply.error().error.code), text(push, "error"));
    BOOST_CHECK_EQUAL(reply.error().fence,
                      push.contains("least_fence") ? sequence_of(push.at("least_fence")) : 0);
  } else {
    BOOST_REQUIRE_MESSAGE(reply.has_value(), "the push was refused");
    std::string verdicts;
    for (const Verdict verdict : reply->push->verdicts)
      verdicts.push_back(static_cast<char>(verdict));
    BOOST_CHECK_EQUAL(verdicts, text(push, "verdicts"));
    BOOST_CHECK_EQUAL(reply->push->taken,
                      push.contains("taken") ? sequence_of(push.at("taken")) : 0);
    const json::array& refused = push.at("refused").as_array();
    BOOST_REQUIRE_EQUAL(reply->push->refused.size(), refused.size());
    for (std::size_t i = 0; i < refused.size(); ++i) {
      BOOST_CHECK_EQUAL(reply->push->refused[i].index, sequence_of(refused[i].at("index")));
      BOOST_CHECK_EQUAL(code_name(reply->push->refused[i].code),
                        text(refused[i].as_object(), "code"));
    }
  }
  BOOST_CHECK_EQUAL(space.head(),
                    std::string(kEpoch) + "." + std::to_string(number(push.at("head"))));
}

Op row_op(const json::object& row) {
  json::object op = row;
  op.erase("sequence");
  return op_from(op);
}

std::vector<Space::Row> rows_of(const json::object& vector) {
  std::vector<Space::Row> rows;
  if (vector.contains("fill")) {
    const auto& fill = vector.at("fill").as_object();
    const auto each = sequence_of(fill.at("ops_each"));
    for (std::uint64_t n = 0; n < sequence_of(fill.at("pushes")) * each; ++n) {
      std::string record = std::to_string(n);
      record.insert(0, 5 - record.size(), '0');
      rows.push_back({{*SlotKey::make("c", record, "f", ""),
                       stamp_from_hex("018bcfe5680000000000000000000001"), "\x01"},
                      n / each + 1});
    }
    return rows;
  }
  for (const json::value& row : vector.at("rows").as_array()) {
    rows.push_back({row_op(row.as_object()), sequence_of(row.at("sequence"))});
  }
  return rows;
}

void check_page(const SyncReply::Pull& page, const json::object& expected) {
  only_members(expected, {"ops", "op_count", "cursors", "remaining"});
  const auto ops = decode_own_batch(page.ops);
  BOOST_REQUIRE(ops.has_value());
  if (expected.contains("op_count")) {
    BOOST_CHECK_EQUAL(ops->size(), sequence_of(expected.at("op_count")));
  } else {
    const json::array& listed = expected.at("ops").as_array();
    BOOST_REQUIRE_EQUAL(ops->size(), listed.size());
    for (std::size_t i = 0; i < listed.size(); ++i)
      BOOST_CHECK((*ops)[i] == row_op(listed[i].as_object()));
  }
  const json::object& cursors = expected.at("cursors").as_object();
  BOOST_CHECK_EQUAL(page.cursors.size(), cursors.size());
  for (const auto& [name, cursor] : page.cursors) {
    BOOST_REQUIRE(cursors.contains(name));
    BOOST_CHECK_EQUAL(cursor, text(cursors, name));
  }
  BOOST_CHECK_EQUAL(page.remaining, sequence_of(expected.at("remaining")));
}

BOOST_AUTO_TEST_CASE(every_push_vector_gets_its_verdicts) {
  for_each_case("push.json", [](const json::object& vector) {
    only_members(vector, {"name", "pushes", "slots_after"});
    Space space{std::string(kEpoch)};
    for (const json::value& push : vector.at("pushes").as_array())
      check_push(space, push.as_object());
    const json::array& expected = vector.at("slots_after").as_array();
    const auto slots = space.slots();
    BOOST_REQUIRE_EQUAL(slots.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      BOOST_CHECK(slots[i] == row_op(expected[i].as_object()));
      const auto sequence = sequence_of(expected[i].at("sequence"));
      const auto has = [&](const std::vector<Op>& ops) {
        return std::find(ops.begin(), ops.end(), slots[i]) != ops.end();
      };
      BOOST_CHECK(has(after(space, sequence - 1)));
      BOOST_CHECK(!has(after(space, sequence)));
    }
  });
}

BOOST_AUTO_TEST_CASE(every_pull_vector_gets_its_page) {
  for_each_case("pull.json", [](const json::object& vector) {
    only_members(vector, {"name", "epoch", "head", "rows", "fill", "request", "expect", "error"});
    const json::object& asked = vector.at("request").as_object();
    only_members(asked, {"cursors", "limit", "pushed"});
    std::vector<Space::Row> rows = rows_of(vector);
    std::uint64_t head = sequence_of(vector.at("head"));
    SyncRequest request;
    if (!is_null_or_absent(asked, "pushed")) {
      // What this request pushes is not there before it.
      const auto pushed = sequence_of(asked.at("pushed"));
      std::vector<Op> ops;
      for (const Space::Row& row : rows) {
        if (row.sequence == pushed) ops.push_back(row.op);
      }
      std::erase_if(rows, [pushed](const Space::Row& row) { return row.sequence == pushed; });
      request.push_ops = encode_batch(ops);
      head = pushed - 1;
    }
    Space space(text(vector, "epoch"), head, rows);
    request.pull = SyncRequest::Pull{cursors_of(asked), {}};
    if (asked.contains("limit"))
      request.pull->limit = static_cast<std::size_t>(number(asked.at("limit")));
    const auto reply = space.sync(request, kNowMs);
    if (vector.contains("error")) {
      BOOST_REQUIRE(!reply.has_value());
      BOOST_CHECK_EQUAL(code_name(reply.error().error.code), text(vector, "error"));
    } else {
      BOOST_REQUIRE_MESSAGE(reply.has_value(), "the pull was refused");
      check_page(*reply->pull, vector.at("expect").as_object());
    }
  });
}

}  // namespace
}  // namespace syncline::test
