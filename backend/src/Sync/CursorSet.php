<?php

declare(strict_types=1);

namespace Syncline\Sync;

/**
 * The cursors of a pull. Pairs in a list, because a PHP array would turn a collection named "1" into an integer. The
 * name * stands for every collection that is not named; a null cursor says "not this one".
 */
final readonly class CursorSet
{
    public const REST = '*';

    /** @param list<array{string, ?Cursor}> $cursors */
    public function __construct(private array $cursors)
    {
    }

    /**
     * The sequences to read from, in the state that the space is in now.
     *
     * @return list<array{string, ?int}>
     */
    public function sequencesIn(Space $space): array
    {
        return array_map(
            static fn (array $entry): array => [$entry[0], $entry[1]?->sequenceIn($space)],
            $this->cursors,
        );
    }
}
