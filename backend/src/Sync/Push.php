<?php

declare(strict_types=1);

namespace Syncline\Sync;

/** What a request pushes, and by which of its cursors it has seen what that replaces. */
final readonly class Push
{
    /**
     * @param string $batch not decoded yet
     * @param int $through the replica's own number of its last op, or 0
     * @param ?CursorSet $cursors of the pull of the same request
     */
    public function __construct(
        public string $batch,
        public int $fence = 0,
        public int $through = 0,
        public ?CursorSet $cursors = null,
    ) {
    }
}
