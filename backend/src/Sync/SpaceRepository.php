<?php

declare(strict_types=1);

namespace Syncline\Sync;

use Syncline\Database\Connection;

/** The head rows of the spaces. */
final readonly class SpaceRepository
{
    public function __construct(private Connection $connection)
    {
    }

    public function find(string $id): ?Space
    {
        return $this->select($id, '');
    }

    /** Reads the head row and holds it to the end of the transaction, so that pushes of one space follow one another. */
    public function lock(string $id): ?Space
    {
        return $this->select($id, $this->connection->dialect->forUpdate());
    }

    public function create(string $id): void
    {
        $this->connection->execute(
            'INSERT INTO spaces (id, epoch, head) VALUES (?, ?, 0)',
            [$id, self::newEpoch()],
        );
    }

    public function moveHead(string $id, int $head): void
    {
        $this->connection->execute('UPDATE spaces SET head = ? WHERE id = ?', [$head, $id]);
    }

    /** @return int 1, or 0 when there is no such space */
    public function renewEpoch(string $id): int
    {
        return $this->connection->execute('UPDATE spaces SET epoch = ? WHERE id = ?', [self::newEpoch(), $id]);
    }

    /** @return list<string> */
    public function ids(): array
    {
        /** @var list<string> $ids */
        $ids = array_column($this->connection->rows('SELECT id FROM spaces ORDER BY id'), 0);
        return $ids;
    }

    private function select(string $id, string $lock): ?Space
    {
        /** @var array{string, int}|null $row */
        $row = $this->connection->row('SELECT epoch, head FROM spaces WHERE id = ?' . $lock, [$id]);
        return $row === null ? null : new Space($id, $row[0], $row[1]);
    }

    private static function newEpoch(): string
    {
        return bin2hex(random_bytes(8));
    }
}
