#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace syncline::test {

// What a disk was asked to do to one file, or a mark that the test put between.
struct DiskCall {
  enum class Kind : std::uint8_t { kWrite, kSync, kTruncate, kMark };
  Kind kind = Kind::kMark;
  std::uint64_t offset = 0;  // of a truncation the new size
  std::string bytes;
  bool synced = false;  // a write that is on the disk when it returns (O_DSYNC)
};

// Stands between this process and the files below one directory. The program that links it has its
// own pwrite, write, writev, pwritev, fsync, fdatasync and ftruncate, which all libraries of the
// process call in place of the system's; that needs no LD_PRELOAD, and so gets on with the
// sanitizers. LMDB without MDB_WRITEMAP never calls msync.
//
// Thread safety: none; the process has one thread and one disk at a time.
class FaultyDisk {
 public:
  explicit FaultyDisk(const std::filesystem::path& directory);
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;
  ~FaultyDisk();

  // How much of the write in question arrives. Half is the first half, in whole sectors.
  enum class Extent : std::uint8_t { kNothing, kHalf, kAll };

  // Ends the process at its n-th call, counted from 0, without any farewell.
  void kill_at(std::size_t call, Extent written);
  // Lets the n-th call fail, and all after it until `repair`. One that takes half of a write is
  // short, as the system has it, and no error.
  void fail_at(std::size_t call, int error, Extent written);
  void repair() { fail_at_.reset(); }

  [[nodiscard]] std::size_t calls() const { return calls_; }

  // Records the calls on files of this name.
  void record(std::string file_name) { recorded_ = std::move(file_name); }
  void mark() { trace_.push_back({}); }
  [[nodiscard]] const std::vector<DiskCall>& trace() const { return trace_; }

  // For the functions that stand in for the system's: the disk that the file is on, if any.
  static FaultyDisk* of(int file);
  // How much of the call to let through, or the error that it fails with, as errno.
  struct Ruling {
    std::size_t size = 0;
    int error = 0;
    bool die = false;
  };
  Ruling rule(std::size_t size);
  void note(int file, DiskCall call);

 private:
  std::string directory_;
  std::string recorded_;
  std::vector<DiskCall> trace_;
  std::size_t calls_ = 0;
  std::optional<std::size_t> kill_at_;
  std::optional<std::size_t> fail_at_;
  Extent written_ = Extent::kNothing;
  int error_ = 0;
};

inline constexpr std::size_t kSectorBytes = 512;

}  // namespace syncline::test
