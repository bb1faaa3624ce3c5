#include "replica/repair_meter.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace syncline::replica {
namespace {

class MeteredCursor final : public StoreCursor {
 public:
  MeteredCursor(std::unique_ptr<StoreCursor> inner, RepairMeter& meter)
      : inner_(std::move(inner)), meter_(meter) {}

  Result<bool> seek(std::string_view key) override { return inner_->seek(key); }
  Result<bool> seek_before(std::string_view key) override { return inner_->seek_before(key); }
  Result<bool> seek_last() override { return inner_->seek_last(); }
  Result<bool> next() override {
    if (auto going = meter_.step(); !going) return fail(going.error());
    return inner_->next();
  }
  Result<bool> previous() override { return inner_->previous(); }
  std::string_view key() const override { return inner_->key(); }
  std::string_view value() const override { return inner_->value(); }

 private:
  std::unique_ptr<StoreCursor> inner_;
  RepairMeter& meter_;
};

}  // namespace

Result<RepairMeter> RepairMeter::begin(const Snapshot& snapshot,
                                       const VerificationProgress& progress) {
  // How often a plan walks a keyspace at most.
  constexpr std::array<std::pair<Keyspace, std::uint64_t>, 4> kWalks = {{{Keyspace::kLog, 2},
                                                                         {Keyspace::kSlots, 4},
                                                                         {Keyspace::kOutbox, 2},
                                                                         {Keyspace::kIndexes, 1}}};
  RepairMeter meter(progress);
  for (const auto& [keyspace, times] : kWalks) {
    const auto count = snapshot.count(keyspace);
    if (!count) return fail(count.error());
    meter.walks_ += times * *count;
  }
  return meter;
}

VerificationProgress RepairMeter::verification() {
  return [this](std::uint64_t done, std::uint64_t total) {
    verified_ = total;
    return !*progress_ || (*progress_)(done, total + walks_);
  };
}

Result<void> RepairMeter::step() {
  walked_ = std::min(walked_ + 1, walks_);
  if (!is_stopped_ && *progress_)
    is_stopped_ = !(*progress_)(verified_ + walked_, verified_ + walks_);
  if (is_stopped_) return fail(Code::kCancelled, "the repair was stopped");
  return {};
}

Result<void> RepairMeter::finish() {
  walked_ = walks_;
  return step();
}

Result<std::unique_ptr<StoreCursor>> MeteredSnapshot::cursor(Keyspace keyspace) const {
  auto inner = inner_.cursor(keyspace);
  if (!inner) return inner;
  return std::make_unique<MeteredCursor>(std::move(*inner), meter_);
}

}  // namespace syncline::replica
