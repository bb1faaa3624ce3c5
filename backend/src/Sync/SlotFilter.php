<?php

declare(strict_types=1);

namespace Syncline\Sync;

/** The slots that a pull wants, as the condition of a SELECT over slots. */
final readonly class SlotFilter
{
    /**
     * @param list<array{string, ?int}> $sequences collection to the sequence after which it is wanted
     * @param ?int $exceptSequence the push of this very request
     */
    public function __construct(
        private string $spaceId,
        private array $sequences,
        private int $head,
        private ?int $exceptSequence,
    ) {
    }

    /** The sequence after which nothing before can be wanted, or null when nothing is wanted at all. */
    public function lowest(): ?int
    {
        $wanted = array_filter(array_column($this->sequences, 1), is_int(...));
        return $wanted === [] ? null : min($wanted);
    }

    public function condition(): string
    {
        $sql = 'space_id = ? AND seq > ? AND seq <= ?';
        if ($this->exceptSequence !== null) {
            $sql .= ' AND seq <> ?';
        }
        $named = $this->named();
        if ($named === []) {
            return $sql;
        }
        return $sql . ' AND seq > CASE collection' . str_repeat(' WHEN ? THEN ?', count($named)) . ' ELSE ? END';
    }

    /**
     * @param int $after a sequence, not less than lowest()
     * @param ?int $to the last sequence, or null for the head
     * @return list<int|string>
     */
    public function parameters(int $after, ?int $to = null): array
    {
        $parameters = [$this->spaceId, $after, $to ?? $this->head];
        if ($this->exceptSequence !== null) {
            $parameters[] = $this->exceptSequence;
        }
        $named = $this->named();
        foreach ($named as [$collection, $sequence]) {
            array_push($parameters, $collection, $sequence ?? PHP_INT_MAX);
        }
        if ($named !== []) {
            $parameters[] = $this->rest() ?? PHP_INT_MAX;
        }
        return $parameters;
    }

    /**
     * Empty when one sequence goes for all collections, which the range of the index says already.
     *
     * @return list<array{string, ?int}>
     */
    private function named(): array
    {
        return array_values(array_filter(
            $this->sequences,
            static fn (array $entry): bool => $entry[0] !== CursorSet::REST,
        ));
    }

    private function rest(): ?int
    {
        foreach ($this->sequences as [$collection, $sequence]) {
            if ($collection === CursorSet::REST) {
                return $sequence;
            }
        }
        return null;
    }
}
