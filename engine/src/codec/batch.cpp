#include "syncline/batch.hpp"

#include <array>

#include "codec/bytes.hpp"
#include "syncline/limits.hpp"
#include "syncline/value.hpp"

namespace syncline {
namespace {

constexpr char kBatchVersion = 0x01;
// An op is at least its flags, the length of its value and one byte of it.
constexpr std::size_t kOpBytesMin = 3;

enum Flag : std::uint8_t {
  kStampFlag = 0x01,
  kCollectionFlag = 0x02,
  kRecordFlag = 0x04,
  kFieldFlag = 0x08,
  kElementFlag = 0x10,
  kReservedFlags = 0xE0,
};

// An op as it stands in a batch, nothing checked but that its parts are there.
struct RawOp {
  Stamp stamp;
  std::string_view collection;
  std::string_view record;
  std::string_view field;
  std::string_view element;
  std::string_view value;
};

void append_op(std::string& out, const RawOp& op, const RawOp* previous) {
  std::uint8_t flags = 0;
  if (previous == nullptr || op.stamp != previous->stamp) flags |= kStampFlag;
  if (previous == nullptr || op.collection != previous->collection) flags |= kCollectionFlag;
  if (previous == nullptr || op.record != previous->record) flags |= kRecordFlag;
  if (previous == nullptr || op.field != previous->field) flags |= kFieldFlag;
  if (!op.element.empty()) flags |= kElementFlag;
  out.push_back(static_cast<char>(flags));
  if ((flags & kStampFlag) != 0) append_stamp(out, op.stamp);
  if ((flags & kCollectionFlag) != 0) codec::append_sized(out, op.collection);
  if ((flags & kRecordFlag) != 0) codec::append_sized(out, op.record);
  if ((flags & kFieldFlag) != 0) codec::append_sized(out, op.field);
  if ((flags & kElementFlag) != 0) codec::append_sized(out, op.element);
  codec::append_sized(out, op.value);
}

RawOp raw_op(const Op& op) {
  return {op.stamp,       op.key.collection(), op.key.record(),
          op.key.field(), op.key.element(),    op.value};
}

void append_header(std::string& out, std::size_t count) {
  out.push_back(kBatchVersion);
  codec::append_varint(out, static_cast<std::uint32_t>(count));
}

std::string batch_of(const RawOp& op) {
  std::string out;
  append_header(out, 1);
  append_op(out, op, nullptr);
  return out;
}

tl::unexpected<Error> malformed(std::size_t index, std::string_view what) {
  return fail(Code::kBatchMalformed,
              "op " + std::to_string(index) + " of the batch: " + std::string(what));
}

// A part that the flag announces: there, not endless, and different from that of the op before.
bool take_part(codec::Reader& reader, std::uint8_t flags, Flag flag, bool first,
               std::string_view& part) {
  if ((flags & flag) == 0) return !first;
  const auto taken = reader.take_sized();
  if (!taken || taken->size() > kBatchNameBytesMax || (!first && *taken == part)) return false;
  part = *taken;
  return true;
}

bool take_stamp(codec::Reader& reader, std::uint8_t flags, bool first, Stamp& stamp) {
  if ((flags & kStampFlag) == 0) return !first;
  const auto taken = reader.take(kStampBytes);
  const auto decoded = taken ? decode_stamp(*taken) : std::nullopt;
  if (!decoded || (!first && *decoded == stamp)) return false;
  stamp = *decoded;
  return true;
}

// `op` holds the op before on entry, and this one on success.
Result<void> take_op(codec::Reader& reader, std::size_t index, RawOp& op) {
  const bool first = index == 0;
  const auto flags = reader.take_u8();
  if (!flags) return malformed(index, "it ends before the op");
  if ((*flags & kReservedFlags) != 0) return malformed(index, "a reserved flag is set");
  if (!take_stamp(reader, *flags, first, op.stamp)) return malformed(index, "bad stamp");
  if (!take_part(reader, *flags, kCollectionFlag, first, op.collection)) {
    return malformed(index, "bad collection");
  }
  if (!take_part(reader, *flags, kRecordFlag, first, op.record))
    return malformed(index, "bad record");
  if (!take_part(reader, *flags, kFieldFlag, first, op.field)) return malformed(index, "bad field");
  op.element = {};
  if ((*flags & kElementFlag) != 0) {
    const auto element = reader.take_sized();
    if (!element || element->empty()) return malformed(index, "bad element");
    op.element = *element;
  }
  const auto value = reader.take_sized();
  if (!value) return malformed(index, "bad value length");
  op.value = *value;
  return {};
}

Result<Op> check_op(const RawOp& raw) {
  auto key = SlotKey::make(raw.collection, raw.record, raw.field, raw.element);
  if (!key) return fail(key.error());
  if (!is_tombstone(raw.value)) {
    if (auto ok = check_value(raw.value); !ok) return fail(ok.error());
  }
  return Op{std::move(*key), raw.stamp, std::string(raw.value)};
}

}  // namespace

void BatchEncoder::add(const Op& op) {
  if (previous_key_) {
    const RawOp previous{previous_stamp_,          previous_key_->collection(),
                         previous_key_->record(),  previous_key_->field(),
                         previous_key_->element(), {}};
    append_op(body_, raw_op(op), &previous);
  } else {
    append_op(body_, raw_op(op), nullptr);
  }
  previous_key_ = op.key;
  previous_stamp_ = op.stamp;
  ++count_;
}

std::size_t BatchEncoder::size_bytes() const {
  return 1 + codec::varint_size(static_cast<std::uint32_t>(count_)) + body_.size();
}

std::string BatchEncoder::finish() {
  std::string out;
  out.reserve(size_bytes());
  append_header(out, count_);
  out.append(body_);
  *this = BatchEncoder();
  return out;
}

std::string encode_batch(std::span<const Op> ops) {
  std::string out;
  append_header(out, ops.size());
  RawOp previous;
  for (std::size_t i = 0; i < ops.size(); ++i) {
    const RawOp op = raw_op(ops[i]);
    append_op(out, op, i == 0 ? nullptr : &previous);
    previous = op;
  }
  return out;
}

Result<std::vector<DecodedOp>> decode_batch(std::string_view batch) {
  if (batch.size() > kBatchBytesMax) {
    return fail(Code::kBatchTooLarge, "batch has " + std::to_string(batch.size()) + " bytes");
  }
  codec::Reader reader(batch);
  const auto version = reader.take_u8();
  if (!version || static_cast<char>(*version) != kBatchVersion) {
    return fail(Code::kBatchMalformed, "batch has no known format version");
  }
  const auto count = reader.take_varint();
  if (!count) return fail(Code::kBatchMalformed, "batch has no readable count");
  if (*count > kBatchOpsMax) {
    return fail(Code::kBatchTooLarge, "batch has " + std::to_string(*count) + " ops");
  }
  if (*count > reader.rest().size() / kOpBytesMin) {
    return fail(Code::kBatchMalformed, "batch is shorter than its count says");
  }
  std::vector<DecodedOp> ops;
  ops.reserve(*count);
  RawOp raw;
  for (std::size_t i = 0; i < *count; ++i) {
    if (auto ok = take_op(reader, i, raw); !ok) return fail(ok.error());
    auto op = check_op(raw);
    if (op) {
      ops.push_back({std::move(*op), std::nullopt, {}});
    } else {
      ops.push_back({std::nullopt, std::move(op.error()), batch_of(raw)});
    }
  }
  if (!reader.empty()) return fail(Code::kBatchMalformed, "bytes are left over after the last op");
  return ops;
}

Result<std::vector<Op>> decode_own_batch(std::string_view batch) {
  auto decoded = decode_batch(batch);
  if (!decoded) return fail(decoded.error());
  std::vector<Op> ops;
  ops.reserve(decoded->size());
  for (DecodedOp& item : *decoded) {
    if (!item.op) return fail(*item.error);
    ops.push_back(std::move(*item.op));
  }
  return ops;
}

}  // namespace syncline
