#include "remote_pages.hpp"

#include <array>
#include <cstdio>
#include <random>
#include <string>

#include "database.hpp"
#include "syncline/limits.hpp"
#include "syncline/value.hpp"

namespace syncline::bench {
namespace {

constexpr ReplicaId kWriter{0x5157'0000'0000'0001};
constexpr const char* kEpoch = "00000000000000b5";

std::string random_id(std::mt19937_64& random) {
  std::array<char, 40> text{};
  const auto high = static_cast<unsigned long long>(random());
  const auto low = static_cast<unsigned long long>(random());
  std::snprintf(text.data(), text.size(), "%08llx-%04llx-%04llx-%04llx-%012llx", high >> 32U,
                (high >> 16U) & 0xFFFFU, high & 0xFFFFU, low >> 48U, low & 0xFFFF'FFFF'FFFFU);
  return text.data();
}

Op make_op(const std::string& record, std::string_view field, std::string_view element,
           const Stamp& stamp, const Value& value) {
  return {must(SlotKey::make("health_metrics", record, field, element)), stamp,
          must(encode_value(value))};
}

}  // namespace

std::vector<RemotePage> make_remote_pages(std::size_t records, std::int64_t written_ms,
                                          std::uint64_t& sequence) {
  std::mt19937_64 random(1);
  std::vector<RemotePage> pages;
  const std::size_t total = records * kSlotsPerRecord;
  for (std::size_t i = 0; i < records; ++i) {
    if (pages.empty() || pages.back().ops.size() + kSlotsPerRecord > kPullOpsDefault)
      pages.emplace_back().ops.reserve(kPullOpsDefault);
    std::vector<Op>& ops = pages.back().ops;
    const std::string id = random_id(random);
    const Stamp stamp{HybridTime(written_ms, static_cast<std::uint16_t>(i % 50'000)), kWriter};
    const auto day = static_cast<std::int64_t>(i);
    ops.push_back(make_op(id, "", kLiveElement, stamp, Value(true)));
    ops.push_back(make_op(id, "date", "", stamp, Value("2016-04-" + std::to_string(10 + i % 20))));
    ops.push_back(make_op(id, "mood", "", stamp, Value("rested and awake")));
    ops.push_back(make_op(id, "steps", "", stamp, Value(written_ms % 10'000 + day)));
    ops.push_back(make_op(id, "weight_kg", "", stamp, Value(70.5 + static_cast<double>(i % 100))));
  }
  std::size_t sent = 0;
  for (RemotePage& page : pages) {
    sent += page.ops.size();
    page.reply.time_ms = written_ms;
    page.reply.epoch = kEpoch;
    page.reply.head = std::string(kEpoch) + "." + std::to_string(++sequence);
    page.reply.pull =
        SyncReply::Pull{encode_batch(page.ops), {{"*", page.reply.head}}, total - sent};
  }
  return pages;
}

}  // namespace syncline::bench
