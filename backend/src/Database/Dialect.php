<?php

declare(strict_types=1);

namespace Syncline\Database;

use PDOException;

/** What differs between the databases. Everything else is SQL that both understand. */
enum Dialect: string
{
    case Sqlite = 'sqlite';
    case Mysql = 'mysql';

    private const MYSQL_CONFLICTS = [1213, 1205, 1020, 1062];
    private const SQLITE_CONFLICTS = [5, 6];

    /** SQLite takes its one write lock at once: a transaction that reads first and then writes could not be replayed. */
    public function beginWrite(): string
    {
        return $this === self::Sqlite ? 'BEGIN IMMEDIATE' : 'START TRANSACTION';
    }

    public function beginRead(): string
    {
        return $this === self::Sqlite ? 'BEGIN' : 'START TRANSACTION READ ONLY';
    }

    /** Appended to a SELECT of the row that a transaction works under. */
    public function forUpdate(): string
    {
        return $this === self::Sqlite ? '' : ' FOR UPDATE';
    }

    /** Appended to the name of a table, for a SELECT where the planner must not prefer another index. */
    public function useIndex(string $index): string
    {
        return $this === self::Sqlite ? ' INDEXED BY ' . $index : ' FORCE INDEX (' . $index . ')';
    }

    /** Placeholders that a statement may have: old SQLite allows 999, MySQL 65,535 and is better off with fewer. */
    public function placeholdersMax(): int
    {
        return $this === self::Sqlite ? 999 : 4_000;
    }

    /**
     * @param non-empty-list<string> $columns
     * @param non-empty-list<string> $keys the columns of the primary key
     */
    public function upsert(string $table, array $columns, array $keys, int $rows): string
    {
        $row = '(' . implode(',', array_fill(0, count($columns), '?')) . ')';
        $changed = array_values(array_diff($columns, $keys));
        $sql = sprintf('INSERT INTO %s (%s) VALUES ', $table, implode(',', $columns))
            . implode(',', array_fill(0, $rows, $row));
        if ($this === self::Sqlite) {
            $set = array_map(static fn (string $name): string => $name . '=excluded.' . $name, $changed);
            return $sql . sprintf(' ON CONFLICT (%s) DO UPDATE SET %s', implode(',', $keys), implode(',', $set));
        }
        $set = array_map(static fn (string $name): string => sprintf('%s=VALUES(%s)', $name, $name), $changed);
        return $sql . ' ON DUPLICATE KEY UPDATE ' . implode(',', $set);
    }

    /** Whether a failure means that another transaction was in the way and a replay may succeed. */
    public function isConflict(PDOException $failure): bool
    {
        $number = $failure->errorInfo[1] ?? null;
        return match ($this) {
            self::Sqlite => is_int($number) && in_array($number & 0xFF, self::SQLITE_CONFLICTS, true),
            self::Mysql => in_array($number, self::MYSQL_CONFLICTS, true),
        };
    }
}
