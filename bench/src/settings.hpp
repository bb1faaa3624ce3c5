#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace syncline::bench {

// How much to measure, and with what.
struct Settings {
  bool quick = false;
  bool json = false;
  std::size_t rounds = 0;           // of each measurement; 0 for as many as suit it
  std::filesystem::path directory;  // where databases are made and removed
  std::filesystem::path data;       // a CSV file of hourly steps; empty for generated rows
  std::string server;               // a running backend; empty for none
  std::filesystem::path ca;         // the authorities that its certificate is from
  std::string only;                 // measures only the groups whose name begins so

  // The usual number, or the small one of a quick run.
  [[nodiscard]] std::size_t sized(std::size_t usual, std::size_t small) const {
    return quick ? small : usual;
  }
  // How often to repeat a measurement that is usually made so often.
  [[nodiscard]] std::size_t repeats(std::size_t usual) const {
    if (rounds != 0) return rounds;
    return quick ? 1 : usual;
  }
};

}  // namespace syncline::bench
