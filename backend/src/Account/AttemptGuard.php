<?php

declare(strict_types=1);

namespace Syncline\Account;

use Syncline\Clock;
use Syncline\Codec\Code;
use Syncline\Database\Connection;
use Syncline\Http\ApiException;

/** Slows the guessing of passwords and the making of accounts: so many attempts of a counter within 15 minutes. */
final readonly class AttemptGuard
{
    private const WINDOW_MS = 900_000;

    public function __construct(private Connection $connection, private Clock $clock)
    {
    }

    /** Fails with rate_limited while any of the counters is full. */
    public function check(AttemptCounter ...$counters): void
    {
        foreach ($counters as $counter) {
            $now = $this->clock->nowMs();
            /** @var array{int}|null $row the oldest of those that together fill the counter */
            $row = $this->connection->row(
                'SELECT attempted_ms FROM attempts WHERE counter = ? AND attempted_ms > ?'
                . ' ORDER BY attempted_ms DESC LIMIT 1 OFFSET ?',
                [$counter->key, $now - self::WINDOW_MS, $counter->attemptsMax - 1],
            );
            if ($row !== null) {
                throw new ApiException(
                    Code::RateLimited,
                    'There were too many attempts.',
                    retryAfterSeconds: max(1, (int) ceil(($row[0] + self::WINDOW_MS - $now) / 1000)),
                );
            }
        }
    }

    public function count(AttemptCounter ...$counters): void
    {
        $this->connection->write(function () use ($counters): void {
            foreach ($counters as $counter) {
                $this->connection->execute(
                    'INSERT INTO attempts (counter, attempted_ms, nonce) VALUES (?, ?, ?)',
                    [$counter->key, $this->clock->nowMs(), random_bytes(8)],
                );
            }
        });
    }

    public function forget(AttemptCounter ...$counters): void
    {
        foreach ($counters as $counter) {
            $isThere = $this->connection->row('SELECT 1 FROM attempts WHERE counter = ? LIMIT 1', [$counter->key]);
            if ($isThere !== null) {
                $this->connection->write(fn (): int => $this->connection->execute(
                    'DELETE FROM attempts WHERE counter = ?',
                    [$counter->key],
                ));
            }
        }
    }

    /** @return int how many attempts that no longer count were deleted */
    public function purge(): int
    {
        return $this->connection->execute(
            'DELETE FROM attempts WHERE attempted_ms <= ?',
            [$this->clock->nowMs() - self::WINDOW_MS],
        );
    }
}
