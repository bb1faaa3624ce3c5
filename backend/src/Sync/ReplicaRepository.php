<?php

declare(strict_types=1);

namespace Syncline\Sync;

use Syncline\Database\Connection;

/** The devices of a space: the schema that each speaks and when it was last seen. */
final readonly class ReplicaRepository
{
    /** "Last seen" is told to the hour, so that an idle device's polling does not write a row each time. */
    private const SEEN_EVERY_MS = 3_600_000;

    public function __construct(private Connection $connection)
    {
    }

    public function see(string $spaceId, string $replica, ?Schema $schema, int $nowMs): void
    {
        /** @var array{?string, ?int, ?string, int}|null $row */
        $row = $this->connection->row(
            'SELECT schema_name, schema_version, schema_digest, seen_ms FROM replicas'
            . ' WHERE space_id = ? AND replica = ?',
            [$spaceId, $replica],
        );
        $known = $row === null || $row[0] === null ? null : new Schema($row[0], (int) $row[1], (string) $row[2]);
        $schema ??= $known;
        if ($row !== null && self::isSame($schema, $known) && $nowMs - $row[3] < self::SEEN_EVERY_MS) {
            return;
        }
        $columns = ['space_id', 'replica', 'schema_name', 'schema_version', 'schema_digest', 'seen_ms'];
        $sql = $this->connection->dialect->upsert('replicas', $columns, ['space_id', 'replica'], 1);
        $this->connection->write(fn (): int => $this->connection->execute(
            $sql,
            [$spaceId, $replica, $schema?->name, $schema?->version, $schema?->digest, $nowMs],
        ));
    }

    private static function isSame(?Schema $schema, ?Schema $known): bool
    {
        return $schema?->name === $known?->name
            && $schema?->version === $known?->version
            && $schema?->digest === $known?->digest;
    }
}
