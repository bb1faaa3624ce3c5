<?php

declare(strict_types=1);

namespace Syncline\Account;

use Syncline\Clock;
use Syncline\Codec\Code;
use Syncline\Database\Connection;
use Syncline\Http\ApiException;

/** Slows the guessing of passwords: ten failures for one email within 15 minutes, whether or not it has an account. */
final readonly class LoginGuard
{
    private const FAILURES_MAX = 10;
    private const WINDOW_MS = 900_000;

    public function __construct(private Connection $connection, private Clock $clock)
    {
    }

    /** Fails with rate_limited until the tenth last failure is 15 minutes old. */
    public function check(string $email): void
    {
        $now = $this->clock->nowMs();
        /** @var array{int}|null $row */
        $row = $this->connection->row(
            'SELECT failed_ms FROM login_failures WHERE email_hash = ? AND failed_ms > ?'
            . ' ORDER BY failed_ms DESC LIMIT 1 OFFSET ' . (self::FAILURES_MAX - 1),
            [self::hash($email), $now - self::WINDOW_MS],
        );
        if ($row !== null) {
            throw new ApiException(
                Code::RateLimited,
                'There were too many failed attempts for this email.',
                retryAfterSeconds: max(1, (int) ceil(($row[0] + self::WINDOW_MS - $now) / 1000)),
            );
        }
    }

    public function failed(string $email): void
    {
        $this->connection->write(fn (): int => $this->connection->execute(
            'INSERT INTO login_failures (email_hash, failed_ms, nonce) VALUES (?, ?, ?)',
            [self::hash($email), $this->clock->nowMs(), random_bytes(8)],
        ));
    }

    public function succeeded(string $email): void
    {
        $hash = self::hash($email);
        if ($this->connection->row('SELECT 1 FROM login_failures WHERE email_hash = ? LIMIT 1', [$hash]) !== null) {
            $this->connection->write(fn (): int => $this->connection->execute(
                'DELETE FROM login_failures WHERE email_hash = ?',
                [$hash],
            ));
        }
    }

    /** @return int how many failures that no longer count were deleted */
    public function purge(): int
    {
        return $this->connection->execute(
            'DELETE FROM login_failures WHERE failed_ms <= ?',
            [$this->clock->nowMs() - self::WINDOW_MS],
        );
    }

    /** The table is not to hold addresses that somebody merely typed. */
    private static function hash(string $email): string
    {
        return hash('sha256', $email, true);
    }
}
