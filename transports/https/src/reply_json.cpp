#include <algorithm>
#include <array>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include "member_reader.hpp"
#include "message_json.hpp"
#include "syncline/limits.hpp"
#include "wiping_resource.hpp"

namespace syncline::https {
namespace {

namespace json = boost::json;

constexpr std::size_t kReplyDepthMax = 8;
constexpr std::size_t kTokenBytesMax = 4096;
constexpr std::size_t kCursorBytesMax = 256;
constexpr std::size_t kAccountBytesMax = 256;
constexpr std::size_t kToldBytesMax = 400;
constexpr int kProtocolMax = 1'000'000;

Result<json::value> parse(std::string_view text, json::storage_ptr storage = {}) {
  json::error_code error;
  json::parse_options options;
  options.max_depth = kReplyDepthMax;
  auto value = json::parse(text, error, std::move(storage), options);
  if (error) return fail(Code::kResponseMalformed, "it is not JSON: " + error.message());
  return value;
}

bool is_epoch(std::string_view text) {
  return text.size() == 16 &&
         text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

// The codes by which a server refuses a request or an op. Any other name, even of a code that
// exists, is not believed: a server cannot report that this device's store is corrupt.
std::optional<Code> server_code(std::string_view name) {
  constexpr auto kServerCodes = std::to_array<Code>({
      Code::kKeyMalformed,    Code::kKeyTooLong,       Code::kValueMalformed,
      Code::kValueTooLarge,   Code::kValueTooDeep,     Code::kValueNotFinite,
      Code::kStringNotUtf8,   Code::kBatchMalformed,   Code::kBatchTooLarge,
      Code::kStampInFuture,   Code::kJsonMalformed,    Code::kNotFound,
      Code::kUnknownMember,   Code::kValidationFailed, Code::kProtocolUnsupported,
      Code::kCursorMalformed, Code::kTokenMissing,     Code::kTokenInvalid,
      Code::kTokenExpired,    Code::kRefreshInvalid,   Code::kCredentialsInvalid,
      Code::kEmailTaken,      Code::kMethodNotAllowed, Code::kUnsupportedMediaType,
      Code::kBodyTooLarge,    Code::kRateLimited,      Code::kBusy,
      Code::kInternal,        Code::kPushOutdated,
  });
  const auto code = code_from_name(name);
  if (!code || std::ranges::find(kServerCodes, *code) == kServerCodes.end()) return std::nullopt;
  return code;
}

std::vector<Verdict> read_verdicts(MemberReader& push) {
  std::vector<Verdict> verdicts;
  for (const char letter : push.text("verdicts", 0, kBatchOpsMax)) {
    if (letter != 'a' && letter != 's' && letter != 'u' && letter != 'r') {
      push.refuse("verdicts", "has a letter that is not a, s, u or r");
      return {};
    }
    verdicts.push_back(static_cast<Verdict>(letter));
  }
  const auto has = [&](Verdict verdict) {
    return std::ranges::find(verdicts, verdict) != verdicts.end();
  };
  if (has(Verdict::kUnseen) && (has(Verdict::kApplied) || has(Verdict::kSuperseded)))
    push.refuse("verdicts", "has u beside a or s, though an unseen push is not applied at all");
  return verdicts;
}

// One refusal for each `r` among the verdicts, in the same order.
std::vector<Refusal> read_refusals(MemberReader& push, const std::vector<Verdict>& verdicts) {
  std::vector<Refusal> refusals;
  if (const auto* member = push.find("refused")) {
    const auto* list = member->if_array();
    if (list == nullptr || list->size() > verdicts.size()) {
      push.refuse("refused", "is not a list of refusals");
      return {};
    }
    for (const auto& item : *list) {
      MemberReader refusal(item, "push.refused[]");
      const auto index = static_cast<std::size_t>(refusal.count("index"));
      // A code that this version does not know is still a refusal for good.
      const auto code = server_code(refusal.text("code", 1, 64)).value_or(Code::kValidationFailed);
      push.absorb(refusal);
      refusals.push_back({index, code});
    }
  }
  auto next = refusals.begin();
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    if (verdicts[i] != Verdict::kRefused) continue;
    if (next == refusals.end() || next->index != i) break;
    ++next;
  }
  const auto refused_count = std::ranges::count(verdicts, Verdict::kRefused);
  if (next != refusals.end() || refused_count != std::ssize(refusals)) {
    push.refuse("refused", "does not name the ops whose verdict is r");
  }
  return refusals;
}

SyncReply::Push read_push(MemberReader& push) {
  SyncReply::Push reply;
  reply.verdicts = read_verdicts(push);
  reply.refused = read_refusals(push, reply.verdicts);
  if (push.has("taken"))
    reply.taken = static_cast<std::uint64_t>(push.integer("taken", 0, kThroughMax));
  return reply;
}

SyncReply::Pull read_pull(MemberReader& pull) {
  SyncReply::Pull reply;
  reply.ops = pull.bytes("ops");
  reply.remaining = pull.count("remaining");
  const auto* cursors = pull.find("cursors");
  // PHP writes an empty map as an empty list.
  if (cursors != nullptr && cursors->is_array() && cursors->get_array().empty()) return reply;
  if (cursors == nullptr || !cursors->is_object()) {
    pull.refuse("cursors", "is not an object");
    return reply;
  }
  MemberReader names(*cursors, "pull.cursors");
  for (const auto& member : cursors->get_object()) {
    const std::string name(member.key());
    if (name.empty() || name.size() > kCollectionBytesMax)
      names.refuse(name, "is not a collection");
    reply.cursors.emplace(name, names.token(name, kCursorBytesMax));
  }
  pull.absorb(names);
  return reply;
}

}  // namespace

Result<MetaReply> decode_meta(std::string_view text) {
  const auto value = parse(text);
  if (!value) return fail(value.error());
  MemberReader meta(*value, "");
  MetaReply reply;
  if (meta.text("service", 1, 64) != "syncline") meta.refuse("service", "is not \"syncline\"");
  reply.time_ms = meta.time_ms("time");
  if (const auto* versions = meta.find("protocol")) {
    MemberReader protocol(*versions, "protocol");
    reply.protocol_min = static_cast<int>(protocol.integer("min", 1, kProtocolMax));
    reply.protocol_max =
        static_cast<int>(protocol.integer("max", reply.protocol_min, kProtocolMax));
    meta.absorb(protocol);
  } else {
    meta.refuse("protocol", "is missing");
  }
  if (!meta.ok()) return fail(meta.error());
  return reply;
}

Result<TokensReply> decode_tokens(std::string_view text) {
  WipingResource memory;
  const auto value = parse(text, &memory);
  if (!value) return fail(value.error());
  MemberReader tokens(*value, "");
  TokensReply reply;
  reply.account = tokens.token("account", kAccountBytesMax);
  reply.access_token = Secret(tokens.token("access_token", kTokenBytesMax));
  reply.refresh_token = Secret(tokens.token("refresh_token", kTokenBytesMax));
  reply.expires_in_s = tokens.integer("expires_in", 1, 366LL * 24 * 3600);
  reply.time_ms = tokens.time_ms("time");
  if (!tokens.ok()) return fail(tokens.error());
  return reply;
}

Result<SyncReply> decode_sync(std::string_view text) {
  const auto value = parse(text);
  if (!value) return fail(value.error());
  MemberReader sync(*value, "");
  SyncReply reply;
  reply.time_ms = sync.time_ms("time");
  reply.epoch = sync.token("epoch", 16);
  if (!is_epoch(reply.epoch)) sync.refuse("epoch", "is not 16 hexadecimal digits");
  reply.head = sync.token("head", kCursorBytesMax);
  if (const auto* member = sync.find("push")) {
    MemberReader push(*member, "push");
    reply.push = read_push(push);
    sync.absorb(push);
  }
  if (const auto* member = sync.find("pull")) {
    MemberReader pull(*member, "pull");
    reply.pull = read_pull(pull);
    sync.absorb(pull);
  }
  if (!sync.ok()) return fail(sync.error());
  return reply;
}

Result<ChangesReply> decode_changes(std::string_view text) {
  const auto value = parse(text);
  if (!value) return fail(value.error());
  MemberReader changes(*value, "");
  ChangesReply reply;
  reply.changed = true;
  reply.time_ms = changes.time_ms("time");
  reply.head = changes.token("head", kCursorBytesMax);
  reply.pending = changes.count("pending");
  if (!changes.ok()) return fail(changes.error());
  return reply;
}

std::string fit_to_show(std::string_view text) {
  if (text.size() > kToldBytesMax) {
    std::size_t end = kToldBytesMax;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    text = text.substr(0, end);
  }
  std::string shown(text);
  std::ranges::replace_if(
      shown, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; }, ' ');
  return shown;
}

std::optional<Problem> decode_problem(std::string_view text) {
  const auto value = parse(text);
  if (!value) return std::nullopt;
  const auto* object = value->if_object();
  if (object == nullptr) return std::nullopt;
  const auto* name = object->if_contains("code");
  if (name == nullptr || !name->is_string()) return std::nullopt;
  Problem problem;
  problem.code = server_code(name->get_string());
  const auto* fence = object->if_contains("fence");
  const auto* least = fence == nullptr ? nullptr : fence->if_int64();
  if (problem.code == Code::kPushOutdated && least != nullptr && *least > 0)
    problem.fence = static_cast<std::uint64_t>(*least);
  for (const std::string_view member : {"detail", "title"}) {
    const auto* words = object->if_contains(member);
    if (words == nullptr || !words->is_string()) continue;
    problem.detail = fit_to_show(words->get_string());
    if (!problem.detail.empty()) break;
  }
  return problem;
}

}  // namespace syncline::https
