#include "lmdb_data_file.hpp"

#include <array>
#include <bit>
#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "lmdb_errors.hpp"
#include "lmdb_page_layout.hpp"
#include "lmdb_tree_walk.hpp"
#include "progress_part.hpp"

namespace syncline::lmdb {
namespace {

class File {
 public:
  explicit File(const std::filesystem::path& path)
      : handle_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (handle_ >= 0) ::close(handle_);
  }
  [[nodiscard]] int handle() const { return handle_; }

 private:
  int handle_;
};

tl::unexpected<Error> damaged(const std::string& what) {
  return fail(Code::kStoreCorrupt, "the data file of the store " + what);
}

Result<Meta> read_meta(int file, std::uint64_t offset) {
  std::array<char, sizeof(PageHeader) + sizeof(Meta)> bytes{};
  const ssize_t size = ::pread(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
  if (size < 0) return fail(store_error(errno, "read the data file"));
  if (static_cast<std::size_t>(size) != bytes.size()) return damaged("ends in its meta pages");
  const auto header = read_at<PageHeader>(bytes.data(), 0);
  const auto meta = read_at<Meta>(bytes.data(), sizeof(PageHeader));
  if ((header.flags & kMetaPage) == 0 || meta.magic != kMagic) {
    return damaged("is none of LMDB, or has lost its meta pages");
  }
  if (meta.version != kDataVersion) {
    return fail(Code::kStoreFormatUnsupported,
                "the data file has LMDB's format version " + std::to_string(meta.version) +
                    ", and this program reads version " + std::to_string(kDataVersion));
  }
  const std::size_t page_bytes = meta.free_pages.page_bytes;
  if (!std::has_single_bit(page_bytes) || page_bytes < kPageBytesMin ||
      page_bytes > kPageBytesMax) {
    return damaged("has an impossible page size");
  }
  return meta;
}

constexpr std::size_t kSectorBytes = 512;

// A process that writes may use the pages of the version that is looked at again; what was found
// then means nothing, and the next version is looked at. One that commits all the time keeps the
// file open and in order.
constexpr int kTriesMax = 5;

// Whether a page is what LMDB begins a file with, or the part of it that has arrived: it stands in
// the first sector, and the rest is zero.
bool begins_a_file(std::string_view page) {
  const auto zero = [](std::string_view bytes) {
    return bytes.find_first_not_of('\0') == std::string_view::npos;
  };
  if (!zero(page.substr(kSectorBytes))) return false;
  if (zero(page)) return true;
  const auto header = read_at<PageHeader>(page.data(), 0);
  const auto meta = read_at<Meta>(page.data(), sizeof(PageHeader));
  return header.flags == kMetaPage && meta.magic == kMagic && meta.transaction == 0 &&
         meta.free_pages.root == kNoPage && meta.main.root == kNoPage;
}

// Whether no more was ever written than a part of the two pages that a file begins with. Anything
// else is written when these are on the disk, and a file that was used and is cut off here shows it
// in its first page.
Result<bool> unfinished(int file, std::uint64_t file_bytes) {
  const auto page_bytes = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  if (file_bytes % kSectorBytes != 0 || file_bytes > 2 * page_bytes) return false;
  std::string bytes(file_bytes, '\0');
  const ssize_t size = ::pread(file, bytes.data(), bytes.size(), 0);
  if (size < 0) return fail(store_error(errno, "read the data file"));
  for (std::uint64_t at = 0; at < file_bytes; at += page_bytes) {
    if (!begins_a_file(std::string_view(bytes).substr(at, page_bytes))) return false;
  }
  return true;
}

struct Metas {
  Meta newest;  // as LMDB chooses it
  Meta other;
};

Result<Metas> read_metas(int file) {
  const Result<Meta> first = read_meta(file, 0);
  if (!first) return fail(first.error());
  const Result<Meta> second = read_meta(file, first->free_pages.page_bytes);
  if (!second) return fail(second.error());
  if (second->free_pages.page_bytes != first->free_pages.page_bytes) {
    return damaged("has two page sizes");
  }
  return first->transaction < second->transaction ? Metas{*second, *first} : Metas{*first, *second};
}

bool plausible(const Tree& tree, std::size_t last_page) {
  if (tree.root == kNoPage) return true;
  return tree.root >= kFirstDataPage && tree.root <= last_page && tree.depth > 0 &&
         tree.depth <= kDepthMax;
}

Result<void> check_metas(const Metas& metas) {
  const Meta& meta = metas.newest;
  // The two pages take turns. A number that is wrong would make an old commit the newest.
  if (meta.transaction != 0 && meta.transaction != metas.other.transaction + 1) {
    return damaged("has meta pages that are not of two commits in a row");
  }
  // A commit never leaves more pages than its map had room for, and states that room.
  const std::size_t pages = meta.map_bytes / meta.free_pages.page_bytes;
  if (meta.last_page >= pages || !plausible(meta.free_pages, meta.last_page) ||
      !plausible(meta.main, meta.last_page)) {
    return damaged("has meta pages that contradict themselves");
  }
  return {};
}

// Tells of pages as bytes.
CopyProgress page_progress(const CopyProgress& progress, std::uint64_t page_bytes) {
  if (!progress) return {};
  return [&progress, page_bytes](std::uint64_t done, std::uint64_t total) {
    return progress(done * page_bytes, total * page_bytes);
  };
}

Result<void> check_version(int file, const Metas& metas, PageCheck check,
                           const CopyProgress& progress) {
  if (Result<void> checked = check_metas(metas); !checked) return checked;
  const Meta& meta = metas.newest;
  struct stat status {};
  if (::fstat(file, &status) != 0) return fail(store_error(errno, "look at the data file"));
  const auto file_bytes = static_cast<std::uint64_t>(status.st_size);
  const std::size_t pages_there = file_bytes / meta.free_pages.page_bytes;
  const bool is_short = pages_there <= meta.last_page;
  if (check == PageCheck::kNone && !is_short) return {};
  TreeWalk::Observer observer;
  observer.progress = page_progress(progress, meta.free_pages.page_bytes);
  Result<void> shape;
  if (check == PageCheck::kPages) {
    observer.fault = [&shape](PageFault fault) {
      if (fault.is_structural && shape) shape = fail(Code::kStoreCorrupt, std::move(fault.what));
    };
  }
  const auto walked = TreeWalk(file, file_bytes, meta, std::move(observer)).check();
  return walked ? shape : walked;
}

// The versions that the meta pages speak of, as far as they can be read.
std::vector<Meta> readable_metas(int file) {
  std::vector<Meta> metas;
  const Result<Meta> first = read_meta(file, 0);
  const auto page_bytes =
      first ? first->free_pages.page_bytes : static_cast<std::uint32_t>(::sysconf(_SC_PAGESIZE));
  const Result<Meta> second = read_meta(file, page_bytes);
  for (const Result<Meta>& meta : {first, second}) {
    if (meta && meta->main.root != kNoPage && plausible(meta->main, meta->last_page)) {
      metas.push_back(*meta);
    }
  }
  return metas;
}

// The faults of one version; nothing if another one was committed meanwhile, so that they mean
// nothing.
Result<std::optional<std::vector<PageFault>>> survey_version(int file,
                                                             const CopyProgress& progress) {
  std::vector<PageFault> faults;
  const auto is_fault = [&faults, file](const Error& error) {
    if (error.code != Code::kStoreCorrupt) return false;
    faults.push_back({true, error.message, readable_metas(file).empty()});
    return true;
  };
  const Result<Metas> metas = read_metas(file);
  if (!metas && !is_fault(metas.error())) return fail(metas.error());
  if (!metas) return faults;
  if (const auto checked = check_metas(*metas); !checked) {
    if (!is_fault(checked.error())) return fail(checked.error());
    return faults;
  }
  struct stat status {};
  if (::fstat(file, &status) != 0) return fail(store_error(errno, "look at the data file"));
  const std::uint64_t page_bytes = metas->newest.free_pages.page_bytes;
  TreeWalk walk(file, static_cast<std::uint64_t>(status.st_size), metas->newest,
                {[&faults](PageFault fault) { faults.push_back(std::move(fault)); },
                 {},
                 page_progress(progress, page_bytes)});
  if (const auto walked = walk.check(); !walked) return fail(walked.error());
  if (faults.empty()) return faults;
  const Result<Metas> now = read_metas(file);
  if (now && now->newest.transaction != metas->newest.transaction) return std::nullopt;
  return faults;
}

// How much is wrong in the trees of a version.
Result<std::size_t> count_faults(int file, std::uint64_t file_bytes, const Meta& meta,
                                 const CopyProgress& progress) {
  std::size_t faults = 0;
  TreeWalk walk(file, file_bytes, meta, {[&faults](const PageFault&) { ++faults; }, {}, progress});
  if (const auto walked = walk.check(); !walked) return fail(walked.error());
  return faults;
}

}  // namespace

Result<void> rescue_entries(const std::filesystem::path& path, const TreeWalk::Observer& observer) {
  const File file(path);
  struct stat status {};
  if (file.handle() < 0 || ::fstat(file.handle(), &status) != 0) {
    return fail(store_error(errno, "open " + path.string()));
  }
  const auto file_bytes = static_cast<std::uint64_t>(status.st_size);
  std::vector<Meta> metas = readable_metas(file.handle());
  if (metas.empty()) return damaged("has lost both of its meta pages");
  const std::uint64_t walks = metas.size() == 2 ? 4 : 1;
  std::uint64_t walk = 0;
  if (metas.size() == 2) {
    if (metas[1].transaction < metas[0].transaction) std::swap(metas[0], metas[1]);
    const bool in_a_row = metas[1].transaction == metas[0].transaction + 1;
    const auto older = count_faults(file.handle(), file_bytes, metas[0],
                                    part_of(observer.progress, walk++, walks));
    const auto newer = count_faults(file.handle(), file_bytes, metas[1],
                                    part_of(observer.progress, walk++, walks));
    if (!older || !newer) return fail(older ? newer.error() : older.error());
    // The number of a commit is not guarded, and may be what is damaged.
    if (!in_a_row && *older < *newer) std::swap(metas[0], metas[1]);
  }
  TreeWalk::Observer tolerant = observer;
  if (!tolerant.fault) tolerant.fault = [](const PageFault&) {};
  // What the last commit has not changed, the one before it has in the same pages; what it has
  // changed, in others.
  for (const Meta& meta : metas) {
    tolerant.progress = part_of(observer.progress, walk++, walks);
    Result<void> read = TreeWalk(file.handle(), file_bytes, meta, tolerant).check();
    if (!read) return read;
  }
  return {};
}

Result<std::vector<PageFault>> survey_data_file(const std::filesystem::path& path,
                                                const CopyProgress& progress) {
  const Result<DataFileState> state = inspect_data_file(path, PageCheck::kNone);
  const bool is_damaged = !state && state.error().code == Code::kStoreCorrupt;
  if (!state && !is_damaged) return fail(state.error());
  if (state && *state != DataFileState::kUsed) {
    return fail(Code::kStoreMissing, "there is no store in " + path.parent_path().string());
  }
  const File file(path);
  if (file.handle() < 0) return fail(store_error(errno, "open " + path.string()));
  for (int tries = 1; tries <= kTriesMax; ++tries) {
    auto faults = survey_version(file.handle(), progress);
    if (!faults) return fail(faults.error());
    if (*faults) return std::move(**faults);
  }
  return std::vector<PageFault>{};
}

Result<DataFileState> inspect_data_file(const std::filesystem::path& path, PageCheck check,
                                        const CopyProgress& progress) {
  const File file(path);
  if (file.handle() < 0 && errno == ENOENT) return DataFileState::kAbsent;
  struct stat status {};
  if (file.handle() < 0 || ::fstat(file.handle(), &status) != 0) {
    return fail(store_error(errno, "open " + path.string()));
  }
  if (status.st_size == 0) return DataFileState::kAbsent;
  for (int tries = 1;; ++tries) {
    const Result<Metas> metas = read_metas(file.handle());
    if (!metas) {
      const Result<bool> begun =
          unfinished(file.handle(), static_cast<std::uint64_t>(status.st_size));
      if (begun && *begun) return DataFileState::kUnfinished;
      return fail(metas.error());
    }
    const Result<void> checked = check_version(file.handle(), *metas, check, progress);
    if (!checked && checked.error().code != Code::kStoreCorrupt) return fail(checked.error());
    if (checked) {
      return metas->newest.main.root == kNoPage ? DataFileState::kBlank : DataFileState::kUsed;
    }
    const Result<Metas> now = read_metas(file.handle());
    if (now && now->newest.transaction == metas->newest.transaction) return fail(checked.error());
    if (tries == kTriesMax) return DataFileState::kUsed;
  }
}

}  // namespace syncline::lmdb

namespace syncline {

Result<std::vector<PageFault>> check_lmdb_pages(const std::filesystem::path& directory,
                                                const CopyProgress& progress) {
  return lmdb::survey_data_file(directory / "data.mdb", progress);
}

}  // namespace syncline
