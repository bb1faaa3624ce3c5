#include "syncline/simulation/faults.hpp"

namespace syncline::simulation {
namespace {

struct FaultRow {
  std::string_view name;
  unsigned standard_rate;  // in parts of 10,000
  bool survived = true;
};

// In the order of Fault.
constexpr std::array<FaultRow, kFaultCount> kFaults{{
    {"duplication", 300},          {"reordering", 0},  // comes of delays
    {"request_lost", 150},         {"reply_lost", 250},         {"delay", 200},
    {"truncated_reply", 150},      {"corrupt_reply", 150},      {"html_reply", 100},
    {"unauthorized", 100},         {"too_large", 100},          {"unprocessable", 50},
    {"rate_limited", 100},         {"server_error", 200},       {"server_busy", 100},
    {"request_partition", 60},     {"reply_partition", 60},     {"full_partition", 80},
    {"clock_drift", 50},           {"clock_freeze", 30},        {"clock_jump_minutes", 60},
    {"clock_jump_decades", 30},    {"clock_range_end", 20},     {"crash", 80},
    {"crash_before_commit", 80},   {"crash_after_commit", 80},  {"crash_before_send", 60},
    {"crash_after_send", 60},      {"disk_full", 60},           {"schema_skew", 40},
    {"second_writer", 100},        {"backup_restored", 20},     {"backup_cloned", 20},
    {"schema_migrated", 20},       {"disk_damaged", 20},        {"token_expiry", 60},
    {"server_restored", 15},       {"server_emptied", 10},      {"op_refused", 20},
    {"device_restored", 0, false}, {"device_cloned", 0, false}, {"server_clock_jump", 15},
}};

const FaultRow& row_of(Fault fault) { return kFaults[static_cast<std::size_t>(fault)]; }

}  // namespace

std::string_view fault_name(Fault fault) { return row_of(fault).name; }
bool is_survived(Fault fault) { return row_of(fault).survived; }

FaultRates FaultRates::standard() {
  FaultRates rates;
  for (std::size_t i = 0; i < kFaultCount; ++i)
    rates.set(static_cast<Fault>(i), kFaults[i].standard_rate);
  return rates;
}

}  // namespace syncline::simulation
