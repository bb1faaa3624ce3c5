<?php

declare(strict_types=1);

namespace Syncline\Sync;

use Syncline\Codec\Code;

/** The verdicts of a push, one letter an op, and the sequence that it made, if it applied anything. */
final readonly class PushResult
{
    public const APPLIED = 'a';
    public const SUPERSEDED = 's';
    public const REFUSED = 'r';

    /** @param array<int, Code> $refused index of the op to the reason */
    public function __construct(
        public string $verdicts,
        public array $refused,
        public Space $space,
        public ?int $sequence,
    ) {
    }
}
