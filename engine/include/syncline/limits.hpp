#pragma once

#include <cstddef>
#include <cstdint>

// Every limit of the formats and the protocol, with the error that exceeding it gives. They are
// checked where bytes are decoded and where a local write enters. The table in spec/op-format.md
// and spec/vectors/limits.json say the same numbers.

namespace syncline {

inline constexpr std::size_t kCollectionBytesMax = 64;  // key_too_long
inline constexpr std::size_t kRecordBytesMax = 128;     // key_too_long
inline constexpr std::size_t kFieldBytesMax = 64;       // key_too_long
inline constexpr std::size_t kElementBytesMax = 240;    // key_too_long

inline constexpr std::size_t kValueBytesMax = 65'536;  // value_too_large
inline constexpr std::size_t kValueDepthMax = 16;      // value_too_deep

inline constexpr std::size_t kBatchOpsMax = 5'000;        // batch_too_large
inline constexpr std::size_t kBatchBytesMax = 1'048'576;  // batch_too_large
// Of a name that is too long for an op, but that a batch may still carry. Later ops inherit it.
inline constexpr std::size_t kBatchNameBytesMax = 256;  // batch_malformed

inline constexpr std::size_t kTransactionOpsMax = 100'000;  // transaction_too_large
// How many tags, and so items or values, one mutation writes: two bytes of a tag number them.
inline constexpr std::size_t kTagsMax = 65'536;  // transaction_too_large

// A stamp further ahead of the corrected wall clock is refused: stamp_in_future.
inline constexpr std::int64_t kDriftMaxMs = 300'000;
// A smaller difference from the server's time is taken for network delay and not corrected.
inline constexpr std::int64_t kOffsetMinMs = 5'000;

// What a client sends at most in one push, so that the base64 of it fits in kRequestBytesMax.
inline constexpr std::size_t kPushBytesMax = 90'000;
// How many ops a page has when a request does not say, and at most: validation_failed.
inline constexpr std::size_t kPullOpsDefault = 4'000;
inline constexpr std::size_t kPullOpsMax = 5'000;

// Of the pushes of one replica: an integer that every JSON library holds exactly.
inline constexpr std::uint64_t kFenceMax = 9'007'199'254'740'991;    // validation_failed
inline constexpr std::uint64_t kThroughMax = 9'007'199'254'740'991;  // validation_failed

inline constexpr std::size_t kRequestBytesMax = 131'072;            // body_too_large
inline constexpr std::size_t kReplyBytesMax = 4 * 1024 * 1024;      // response_too_large
inline constexpr std::size_t kReplyInflatedMax = 16 * 1024 * 1024;  // response_too_large
inline constexpr std::size_t kReplyHeaderBytesMax = 16 * 1024;      // response_too_large

inline constexpr std::size_t kSchemaBytesMax = kValueBytesMax;    // schema_invalid
inline constexpr std::size_t kSchemaNameBytesMax = 64;            // schema_invalid
inline constexpr std::int64_t kSchemaVersionMax = 2'147'483'647;  // schema_invalid

inline constexpr std::int64_t kConflictDaysMax = 10'000;  // schema_invalid
inline constexpr std::size_t kConflictsMax = 100'000;     // schema_invalid

// What a schema may ask the log to keep, and what it keeps unless told.
inline constexpr std::int64_t kHistoryDaysMax = 36'500;    // schema_invalid
inline constexpr std::int64_t kHistoryOpsMax = 1'000'000;  // schema_invalid
inline constexpr std::uint64_t kHistoryOpsDefault = 1'000;

inline constexpr std::size_t kIndexesMax = 16;     // of a collection: schema_invalid
inline constexpr std::size_t kIndexFieldsMax = 4;  // schema_invalid
// What the fields of an index share of its key; a longer value is cut (spec/indexes.md).
inline constexpr std::size_t kIndexValueBytesMax = 352;
inline constexpr std::size_t kQueryCursorBytesMax = 1'024;  // cursor_malformed

}  // namespace syncline
