<?php

declare(strict_types=1);

namespace Syncline\Sync;

use Syncline\Database\Connection;

/** For each replica of which a stamp was refused, the least fence that is taken (spec/protocol.md, Push). */
final readonly class FenceRepository
{
    public function __construct(private Connection $connection)
    {
    }

    public function least(string $spaceId, string $replica): int
    {
        /** @var array{int}|null $row */
        $row = $this->connection->row(
            'SELECT fence FROM fences WHERE space_id = ? AND replica = ?',
            [$spaceId, $replica],
        );
        return $row[0] ?? 0;
    }

    /** Call while holding the space, when the replica is known there. */
    public function raise(string $spaceId, string $replica, int $fence): void
    {
        $this->connection->execute(
            $this->connection->dialect->upsert('fences', ['space_id', 'replica', 'fence'], ['space_id', 'replica'], 1),
            [$spaceId, $replica, $fence],
        );
    }
}
