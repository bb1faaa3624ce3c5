<?php

declare(strict_types=1);

namespace Syncline\Sync;

use Syncline\Codec\Code;
use Syncline\Http\ApiException;

/** How far a client has read: a sequence of one epoch of its space. */
final readonly class Cursor
{
    private const FORMAT = '/\A([0-9a-f]{16})\.(0|[1-9][0-9]{0,17})\z/';

    public function __construct(public string $epoch, public int $sequence)
    {
    }

    /** An empty text is zero, in whatever epoch. */
    public static function parse(string $text, ?string $pointer): self
    {
        if ($text === '') {
            return new self('', 0);
        }
        if (preg_match(self::FORMAT, $text, $match) !== 1) {
            throw new ApiException(Code::CursorMalformed, 'A cursor is not one that this server made.', $pointer);
        }
        return new self($match[1], (int) $match[2]);
    }

    /** The sequence to read from: a cursor of another epoch, or beyond the head, counts as zero. */
    public function sequenceIn(Space $space): int
    {
        return $this->epoch === $space->epoch && $this->sequence <= $space->head ? $this->sequence : 0;
    }

    public function text(): string
    {
        return $this->epoch . '.' . $this->sequence;
    }
}
