<?php

declare(strict_types=1);

namespace Syncline\Sync;

use Syncline\Database\Connection;

/** The devices of a space: the schema that each speaks and when it was last seen. */
final readonly class ReplicaRepository
{
    /** "Last seen" is told to the hour, so that an idle device's polling does not write a row each time. */
    private const SEEN_EVERY_MS = 3_600_000;
    /** Far more than a person has; a client that makes up a name each time must not fill the table. */
    private const REPLICAS_MAX = 256;

    public function __construct(private Connection $connection)
    {
    }

    /** Whether see() has something to write. */
    public function isDue(string $spaceId, Replica $replica, int $nowMs): bool
    {
        $row = $this->find($spaceId, $replica->id);
        return $row === null || !self::isCurrent($row, $replica->schema, $nowMs);
    }

    /** Call while holding the space: its account may be about to be deleted. */
    public function see(string $spaceId, Replica $replica, int $nowMs): void
    {
        $row = $this->find($spaceId, $replica->id);
        if ($row !== null && self::isCurrent($row, $replica->schema, $nowMs)) {
            return;
        }
        if ($row === null) {
            $this->makeRoom($spaceId);
        }
        $schema = $replica->schema ?? $row[0] ?? null;
        $columns = ['space_id', 'replica', 'schema_name', 'schema_version', 'schema_digest', 'seen_ms'];
        $this->connection->execute(
            $this->connection->dialect->upsert('replicas', $columns, ['space_id', 'replica'], 1),
            [$spaceId, $replica->id, $schema?->name, $schema?->version, $schema?->digest, $nowMs],
        );
    }

    /** Forgets those that were not seen for longest. */
    private function makeRoom(string $spaceId): void
    {
        /** @var list<array{string}> $rows */
        $rows = $this->connection->rows(
            'SELECT replica FROM replicas WHERE space_id = ? ORDER BY seen_ms DESC, replica LIMIT ? OFFSET ?',
            [$spaceId, self::REPLICAS_MAX, self::REPLICAS_MAX - 1],
        );
        foreach ($rows as [$replica]) {
            $this->connection->execute('DELETE FROM replicas WHERE space_id = ? AND replica = ?', [$spaceId, $replica]);
        }
    }

    /** @return array{?Schema, int}|null the schema, and when it was seen */
    private function find(string $spaceId, string $replica): ?array
    {
        /** @var array{?string, ?int, ?string, int}|null $row */
        $row = $this->connection->row(
            'SELECT schema_name, schema_version, schema_digest, seen_ms FROM replicas'
            . ' WHERE space_id = ? AND replica = ?',
            [$spaceId, $replica],
        );
        if ($row === null) {
            return null;
        }
        return [$row[0] === null ? null : new Schema($row[0], (int) $row[1], (string) $row[2]), $row[3]];
    }

    /** @param array{?Schema, int} $row */
    private static function isCurrent(array $row, ?Schema $schema, int $nowMs): bool
    {
        [$known, $seenMs] = $row;
        return ($schema === null || self::isSame($schema, $known)) && $nowMs - $seenMs < self::SEEN_EVERY_MS;
    }

    private static function isSame(Schema $schema, ?Schema $known): bool
    {
        return $known !== null
            && $schema->name === $known->name
            && $schema->version === $known->version
            && $schema->digest === $known->digest;
    }
}
