<?php

declare(strict_types=1);

namespace Syncline\Codec;

/** The limits of spec/op-format.md and spec/protocol.md, checked where bytes are decoded. */
final class Limits
{
    public const COLLECTION_BYTES = 64;
    public const RECORD_BYTES = 128;
    public const FIELD_BYTES = 64;
    public const ELEMENT_BYTES = 240;
    public const VALUE_BYTES = 65_536;
    public const VALUE_DEPTH = 16;
    public const BATCH_OPS = 5_000;
    public const BATCH_BYTES = 1_048_576;
    public const BATCH_NAME_BYTES = 256;

    public const STAMP_BYTES = 16;
    public const DRIFT_MAX_MS = 300_000;

    public const BODY_BYTES = 131_072;
    public const PAGE_OPS = 5_000;
    public const PAGE_OPS_DEFAULT = 4_000;
    public const PULL_CURSORS = 256;
    public const FENCE_MAX = 9_007_199_254_740_991;
    public const THROUGH_MAX = 9_007_199_254_740_991;
    public const PAGE_BYTES = 700_000;
    public const SCHEMA_NAME_BYTES = 64;
    public const SCHEMA_VERSION_MAX = 2_147_483_647;
}
