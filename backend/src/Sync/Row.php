<?php

declare(strict_types=1);

namespace Syncline\Sync;

/** What decides over a slot that is there: the stamp of its register, and the sequence of the push that wrote it. */
final readonly class Row
{
    /** @param string $stamp 16 bytes */
    public function __construct(public string $stamp, public int $sequence)
    {
    }
}
