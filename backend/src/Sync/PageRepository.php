<?php

declare(strict_types=1);

namespace Syncline\Sync;

use Syncline\Database\Connection;

/** Reads slots in the order of their sequences. All but rows() is answered by the index slots_by_seq alone. */
final readonly class PageRepository
{
    private string $from;

    public function __construct(private Connection $connection)
    {
        // Left to itself, MariaDB counts by the primary key when a space has little else, and reads every register.
        $this->from = ' FROM slots' . $connection->dialect->useIndex('slots_by_seq') . ' WHERE ';
    }

    /**
     * The first pushes after a sequence: what is left of each in slots and in bytes.
     *
     * @return list<array{int, int, int}> sequence, slots, bytes
     */
    public function pushes(SlotFilter $filter, int $after, int $limit): array
    {
        $sql = 'SELECT seq, COUNT(*), SUM(size)' . $this->from . $filter->condition()
            . ' GROUP BY seq ORDER BY seq LIMIT ?';
        /** @var list<array{int, int, int|string}> $rows */
        $rows = $this->connection->rows($sql, [...$filter->parameters($after), $limit]);
        // MySQL gives a sum as a decimal, which is a string.
        return array_map(static fn (array $row): array => [$row[0], $row[1], (int) $row[2]], $rows);
    }

    public function count(SlotFilter $filter, int $after): int
    {
        /** @var array{int} $row */
        $row = $this->connection->row(
            'SELECT COUNT(*)' . $this->from . $filter->condition(),
            $filter->parameters($after),
        );
        return $row[0];
    }

    /** @return list<array{string, string, string}> slot key, stamp, register */
    public function rows(SlotFilter $filter, int $after, int $to): array
    {
        $sql = 'SELECT slot_key, stamp, register' . $this->from . $filter->condition() . ' ORDER BY seq, slot_key';
        /** @var list<array{string, string, string}> $rows */
        $rows = $this->connection->rows($sql, $filter->parameters($after, $to));
        return $rows;
    }
}
