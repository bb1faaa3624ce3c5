<?php

declare(strict_types=1);

namespace Syncline\Sync;

/** One page of slots, the cursors after it, and how many slots come after it. */
final readonly class PullResult
{
    /** @param list<array{string, Cursor}> $cursors */
    public function __construct(
        public string $batch,
        public array $cursors,
        public int $remaining,
        public Space $space,
    ) {
    }
}
