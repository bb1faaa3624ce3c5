<?php

declare(strict_types=1);

namespace Syncline\Sync;

use Syncline\Codec\Limits;
use Syncline\Database\Connection;

/** Reads slots in the order of their sequences. All but rows() is answered by the index slots_by_seq alone. */
final readonly class PageRepository
{
    /** A page has at most as many slots, and so has a push, which may be the whole page. */
    private const ROWS_MAX = Limits::PAGE_OPS + 1;

    private string $from;

    public function __construct(private Connection $connection)
    {
        // Left to itself, MariaDB counts by the primary key when a space has little else, and reads every register.
        $this->from = ' FROM slots' . $connection->dialect->useIndex('slots_by_seq') . ' WHERE ';
    }

    /**
     * The first pushes after a sequence: what is left of each in slots and in bytes. No more rows are looked at than a
     * page and one more can have, however many there are, so the last push may be told too small; but never the first,
     * nor one that still fits.
     *
     * @return list<array{int, int, int}> sequence, slots, bytes
     */
    public function pushes(SlotFilter $filter, int $after): array
    {
        $sql = 'SELECT seq, size' . $this->from . $filter->condition() . ' ORDER BY seq LIMIT ?';
        /** @var list<array{int, int}> $rows */
        $rows = $this->connection->rows($sql, [...$filter->parameters($after), self::ROWS_MAX]);
        $pushes = [];
        $bytes = 0;
        $slots = 0;
        foreach ($rows as $index => [$sequence, $size]) {
            $slots++;
            $bytes += $size;
            if (($rows[$index + 1][0] ?? null) !== $sequence) {
                $pushes[] = [$sequence, $slots, $bytes];
                $slots = $bytes = 0;
            }
        }
        return $pushes;
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
