#pragma once

#include "report.hpp"
#include "settings.hpp"

// Each measures one group of lines and adds them to the report.

namespace syncline::bench {

void measure_writes(const Settings& settings, Report& report);
void measure_merge(const Settings& settings, Report& report);
void measure_import(const Settings& settings, Report& report);
void measure_reads(const Settings& settings, Report& report);
void measure_threads(const Settings& settings, Report& report);
void measure_queries(const Settings& settings, Report& report);
void measure_history(const Settings& settings, Report& report);
void measure_sync(const Settings& settings, Report& report);

}  // namespace syncline::bench
