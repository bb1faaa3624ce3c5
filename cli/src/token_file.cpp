#include "token_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "database.hpp"

namespace syncline::cli {
namespace {

tl::unexpected<Error> io_error(const std::filesystem::path& path) {
  return fail(Code::kStoreIo,
              "cannot write " + path.string() + ": " + std::generic_category().message(errno));
}

// Removes a file, also if there is none.
Result<void> remove_file(const std::filesystem::path& path) {
  if (::unlink(path.c_str()) == 0 || errno == ENOENT) return {};
  return fail(Code::kStoreIo,
              "cannot remove " + path.string() + ": " + std::generic_category().message(errno));
}

// Writes a file that only the user can read, and returns when it is on the disk. What had its name
// is no part of it: others could read that, or it could be a link.
Result<void> write_private(const std::filesystem::path& path, std::string_view text) {
  constexpr mode_t kOwnerOnly = 0600;
  if (auto ok = remove_file(path); !ok) return ok;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): the system's interface
  const int file =
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kOwnerOnly);
  if (file < 0) return io_error(path);
  bool good = true;
  while (good && !text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    good = written > 0 || (written < 0 && errno == EINTR);
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
  good = good && ::fsync(file) == 0;
  auto result = good ? Result<void>() : io_error(path);
  ::close(file);
  return result;
}

// Returns when the names in the directory are on the disk.
Result<void> sync_directory(const std::filesystem::path& directory) {
  const std::filesystem::path named = directory.empty() ? "." : directory;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): the system's interface
  const int opened = ::open(named.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (opened < 0) return io_error(named);
  auto result = ::fsync(opened) == 0 ? Result<void>() : io_error(named);
  ::close(opened);
  return result;
}

}  // namespace

Result<std::optional<Account>> TokenFile::load_account() const {
  std::error_code error;
  if (!std::filesystem::exists(path_, error)) return std::nullopt;
  const auto text = read_file(path_);
  if (!text) return fail(text.error());
  auto account = account_from_json(*text);
  if (account) return account;
  return fail(Code::kStoreCorrupt, path_.string() + " is not an account; log in again");
}

Result<void> TokenFile::save_account(const Account& account) const {
  if (auto ok = write_private(next_, account_to_json(account) + "\n"); !ok) return ok;
  if (std::rename(next_.c_str(), path_.c_str()) != 0) return io_error(path_);
  return sync_directory(path_.parent_path());
}

Result<void> TokenFile::remove() const {
  for (const std::filesystem::path& path : {next_, path_}) {
    if (auto ok = remove_file(path); !ok) return ok;
  }
  return sync_directory(path_.parent_path());
}

Result<std::optional<Tokens>> TokenFile::load() {
  auto account = load_account();
  if (!account) return fail(account.error());
  if (!*account) return std::nullopt;
  return std::move((*account)->tokens);
}

Result<void> TokenFile::save(const Tokens& tokens) {
  auto account = load_account();
  if (!account) return fail(account.error());
  if (!*account) return fail(Code::kNotLoggedIn, "there is no account on this device");
  (*account)->tokens = tokens;
  return save_account(**account);
}

}  // namespace syncline::cli
