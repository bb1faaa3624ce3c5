<?php

declare(strict_types=1);

namespace Syncline\Sync;

use Syncline\Codec\Code;

/** The verdicts of a push, one letter an op, and the sequence that it made, if it applied anything. */
final readonly class PushResult
{
    public const APPLIED = 'a';
    public const SUPERSEDED = 's';
    public const UNSEEN = 'u';
    public const REFUSED = 'r';

    /**
     * @param array<int, Code> $refused index of the op to the reason
     * @param int $taken through which number of its ops the replica's pushes had been taken before
     */
    public function __construct(
        public string $verdicts,
        public array $refused,
        public Space $space,
        public ?int $sequence,
        public int $taken,
    ) {
    }

    /** Whether the server holds every op of the push, or a greater one. */
    public function isTaken(): bool
    {
        return $this->refused === [] && !str_contains($this->verdicts, self::UNSEEN);
    }
}
