#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace syncline::simulation {

// What a simulated world does to its devices, their network and their server.
enum class Fault : std::uint8_t {
  // The network, drawn for each request.
  kDuplication,       // the server gets the request twice
  kReordering,        // a request that was given up reaches the server after a later one
  kRequestLost,       // it never reaches the server
  kReplyLost,         // the server has carried it out, and the answer is lost
  kDelay,             // it takes longer than the client waits
  kTruncatedReply,    // the connection breaks in the middle of the reply
  kCorruptReply,      // the reply is whole and contradicts itself
  kHtmlReply,         // a page with status 200, as a captive portal answers
  kUnauthorized,      // 401
  kTooLarge,          // 413
  kUnprocessable,     // 422
  kRateLimited,       // 429 with Retry-After
  kServerError,       // 500, before or after the request was carried out
  kServerBusy,        // 503 with Retry-After
  kRequestPartition,  // for a while no request of the device arrives
  kReplyPartition,    // for a while no reply reaches the device
  kFullPartition,     // for a while the device has no network, and is told so
  // The device.
  kClockDrift,         // its wall clock runs too fast or too slow
  kClockFreeze,        // its wall clock stands still
  kClockJumpMinutes,   // its wall clock jumps by minutes, either way
  kClockJumpDecades,   // its wall clock jumps by decades, either way
  kClockRangeEnd,      // its wall clock says the first or the last moment of its range
  kCrash,              // its process ends between two steps
  kCrashBeforeCommit,  // its process ends before a commit, which is not done
  kCrashAfterCommit,   // its process ends after a commit, before anyone is told
  kCrashBeforeSend,    // its process ends before a request leaves
  kCrashAfterSend,     // its process ends after a request has left
  kDiskFull,           // for a while its commits fail
  kSchemaSkew,         // it is opened with an older or a newer schema than the others
  kSecondWriter,       // two writers of one process change a record in turns
  kBackupRestored,     // it is lost, and a backup of it goes on as a new replica
  kBackupCloned,       // a backup of it goes on as a new replica beside it
  kSchemaMigrated,     // it is migrated to a schema by which fields merge in other ways, or back
  kDiskDamaged,        // entries of its disk are damaged, and the doctor repairs them
  // The server.
  kTokenExpiry,      // every access token expires
  kServerRestored,   // the server goes back to a backup of its own
  kServerEmptied,    // the server forgets all slots
  kOpRefused,        // for a while the server refuses some ops for good
  kDeviceRestored,   // a device goes back to a backup of its own
  kDeviceCloned,     // a device is copied, and both go on
  kServerClockJump,  // the server's clock jumps by minutes
};
inline constexpr std::size_t kFaultCount = 41;

// The fault's name in snake_case.
[[nodiscard]] std::string_view fault_name(Fault fault);

// Whether the engine is meant to survive it. A fault that it does not survive yet never fires
// unless it is asked for by rate; docs/simulation.md says what it would break.
[[nodiscard]] bool is_survived(Fault fault);

// How often each fault fired.
class FaultCounts {
 public:
  [[nodiscard]] std::uint64_t of(Fault fault) const { return counts_[index(fault)]; }
  void add(Fault fault) { ++counts_[index(fault)]; }
  void add(const FaultCounts& other) {
    for (std::size_t i = 0; i < kFaultCount; ++i) counts_[i] += other.counts_[i];
  }

 private:
  static constexpr std::size_t index(Fault fault) { return static_cast<std::size_t>(fault); }
  std::array<std::uint64_t, kFaultCount> counts_{};
};

// How likely each fault is, in parts of 10,000: of a request for those of the network, of a step
// for the others.
class FaultRates {
 public:
  // The rates that docs/simulation.md lists; 0 for what is not survived yet.
  [[nodiscard]] static FaultRates standard();
  [[nodiscard]] static FaultRates none() { return {}; }

  [[nodiscard]] unsigned of(Fault fault) const { return rates_[static_cast<std::size_t>(fault)]; }
  void set(Fault fault, unsigned per_10000) { rates_[static_cast<std::size_t>(fault)] = per_10000; }

 private:
  std::array<unsigned, kFaultCount> rates_{};
};

}  // namespace syncline::simulation
