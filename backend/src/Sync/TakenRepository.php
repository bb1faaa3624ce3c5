<?php

declare(strict_types=1);

namespace Syncline\Sync;

use Syncline\Database\Connection;

/** For each replica that numbers its ops, through which of them its pushes were taken (spec/protocol.md, Push). */
final readonly class TakenRepository
{
    public function __construct(private Connection $connection)
    {
    }

    public function through(string $spaceId, string $replica): int
    {
        /** @var array{int}|null $row */
        $row = $this->connection->row(
            'SELECT through FROM taken WHERE space_id = ? AND replica = ?',
            [$spaceId, $replica],
        );
        return $row[0] ?? 0;
    }

    /** Call while holding the space, when the replica is known there. */
    public function raise(string $spaceId, string $replica, int $through): void
    {
        $this->connection->execute(
            $this->connection->dialect->upsert('taken', ['space_id', 'replica', 'through'], ['space_id', 'replica'], 1),
            [$spaceId, $replica, $through],
        );
    }
}
