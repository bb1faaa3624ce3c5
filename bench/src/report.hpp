#pragma once

#include <string>
#include <vector>

#include "measurement.hpp"
#include "settings.hpp"

namespace syncline::bench {

// Prints the table line by line as it is measured, or all of it as JSON at the end.
//
// Thread safety: none.
class Report {
 public:
  explicit Report(const Settings& settings);

  void add(Measurement measurement);
  // What is being measured, on stderr.
  void progress(const std::string& what) const;
  // Ends the report.
  void finish() const;

 private:
  void print_header() const;
  static void print_line(const Measurement& measurement);

  bool json_;
  bool quick_;
  std::string data_;
  std::vector<Measurement> measurements_;
};

}  // namespace syncline::bench
