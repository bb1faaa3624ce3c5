<?php

declare(strict_types=1);

namespace Syncline\Sync;

use Syncline\Codec\Stamp;

/** How much of a space a replica has seen, by the cursors of its request (spec/protocol.md, Unseen). */
final readonly class Sight
{
    /** @var array<string, ?int> collection, after a dot, to the sequence through which it was seen */
    private array $sequences;

    /** @param string $replica 16 hexadecimal digits */
    public function __construct(private Space $space, public string $replica, ?CursorSet $cursors)
    {
        $sequences = [];
        foreach ($cursors?->sequencesIn($space) ?? [] as [$name, $sequence]) {
            // A PHP array would make an integer of the name 1.
            $sequences['.' . $name] = $sequence;
        }
        $this->sequences = $sequences;
    }

    /** Whether there is nothing that was not seen. */
    public function isWhole(): bool
    {
        foreach ($this->sequences as $sequence) {
            if ($sequence !== null && $sequence < $this->space->head) {
                return false;
            }
        }
        return true;
    }

    /** The sequence after which nothing of the collection was seen, or null when it need not be. */
    public function after(string $collection): ?int
    {
        return array_key_exists('.' . $collection, $this->sequences)
            ? $this->sequences['.' . $collection]
            : $this->sequences['.' . CursorSet::REST] ?? null;
    }

    public function isUnseen(string $collection, Row $row): bool
    {
        $after = $this->after($collection);
        return $after !== null && $row->sequence > $after && Stamp::replica($row->stamp) !== $this->replica;
    }
}
