<?php

declare(strict_types=1);

namespace Syncline\Sync;

use Syncline\Codec\Op;
use Syncline\Codec\SlotPath;
use Syncline\Database\Connection;

/** The slots of all spaces, read and written by their keys. The reading by sequence is PageRepository's. */
final readonly class SlotRepository
{
    private const COLUMNS = ['space_id', 'slot_key', 'collection', 'stamp', 'size', 'seq', 'register'];
    private const PRIMARY_KEY = ['space_id', 'slot_key'];

    /** MariaDB turns a longer list of an IN into a temporary table. */
    private const KEYS_PER_SELECT = 500;

    /** SQLite takes no more than 500 parts of a UNION, and old SQLite no more than 999 placeholders. */
    private const RECORDS_PER_SELECT = 100;

    public function __construct(private Connection $connection)
    {
    }

    /**
     * @param list<string> $keys
     * @return array<string, Row> slot key to row, of those that exist
     */
    public function rows(string $spaceId, array $keys): array
    {
        $rows = [];
        foreach (array_chunk($keys, self::KEYS_PER_SELECT) as $chunk) {
            $sql = 'SELECT slot_key, stamp, seq FROM slots WHERE space_id = ? AND slot_key IN ('
                . self::marks($chunk) . ')';
            /** @var array{string, string, int} $row */
            foreach ($this->connection->rows($sql, [$spaceId, ...$chunk]) as $row) {
                $rows[$row[0]] = new Row($row[1], $row[2]);
            }
        }
        return $rows;
    }

    /**
     * Whether any of these records has a row besides its `dead` one that was not seen. One range of the primary key a
     * record: left to itself, SQLite reads the whole space for a list of ranges.
     *
     * @param array<string, Op> $deletions key of the `dead` slot to an op that writes it
     */
    public function recordsHaveUnseen(string $spaceId, Sight $sight, array $deletions): bool
    {
        // As a sum, the sequence is not looked up in its index, where a new device has the whole space before it.
        $select = 'SELECT 1 FROM slots WHERE space_id = ? AND slot_key > ? AND slot_key < ?'
            . ' AND seq + 0 > ? AND SUBSTR(stamp, 9) <> ?';
        foreach (array_chunk($deletions, self::RECORDS_PER_SELECT, true) as $chunk) {
            $parameters = [];
            foreach ($chunk as $deadKey => $op) {
                $end = SlotPath::recordEnd($op->collection, $op->record);
                $after = $sight->after($op->collection) ?? PHP_INT_MAX;
                array_push($parameters, $spaceId, $deadKey, $end, $after, (string) hex2bin($sight->replica));
            }
            $sql = implode(' UNION ALL ', array_fill(0, count($chunk), $select)) . ' LIMIT 1';
            if ($this->connection->row($sql, $parameters) !== null) {
                return true;
            }
        }
        return false;
    }

    /**
     * The registers of some slots, each cut after so many bytes: enough to compare it with one that is shorter, and a
     * bound on the memory that a push takes whatever the slots hold.
     *
     * @param array<string, int> $bytes slot key to the bytes that are wanted
     * @return array<string, string>
     */
    public function registers(string $spaceId, array $bytes): array
    {
        $registers = [];
        foreach (array_chunk(array_keys($bytes), self::KEYS_PER_SELECT) as $chunk) {
            $longest = max(array_map(static fn (string $key): int => $bytes[$key], $chunk));
            $sql = 'SELECT slot_key, SUBSTR(register, 1, ?) FROM slots WHERE space_id = ? AND slot_key IN ('
                . self::marks($chunk) . ')';
            /** @var array{string, string} $row */
            foreach ($this->connection->rows($sql, [$longest, $spaceId, ...$chunk]) as $row) {
                $registers[$row[0]] = substr($row[1], 0, $bytes[$row[0]]);
            }
        }
        return $registers;
    }

    /** @param array<string, Op> $ops slot key to the op whose register the slot now holds */
    public function store(string $spaceId, int $sequence, array $ops): void
    {
        // In the order of the primary key, the database fills its pages one after the other.
        ksort($ops, SORT_STRING);
        $rowsMax = max(1, intdiv($this->connection->dialect->placeholdersMax(), count(self::COLUMNS)));
        foreach (array_chunk($ops, $rowsMax, true) as $chunk) {
            $parameters = [];
            foreach ($chunk as $key => $op) {
                $size = strlen($key) + strlen($op->stamp) + strlen($op->register);
                array_push($parameters, $spaceId, $key, $op->collection, $op->stamp, $size, $sequence, $op->register);
            }
            $this->connection->execute(
                $this->connection->dialect->upsert('slots', self::COLUMNS, self::PRIMARY_KEY, count($chunk)),
                $parameters,
            );
        }
    }

    public function deleteAll(string $spaceId): void
    {
        $this->connection->execute('DELETE FROM slots WHERE space_id = ?', [$spaceId]);
    }

    /** @param non-empty-list<string> $values */
    private static function marks(array $values): string
    {
        return implode(',', array_fill(0, count($values), '?'));
    }
}
