<?php

declare(strict_types=1);

namespace Syncline\Account;

use Syncline\Clock;
use Syncline\Database\Connection;
use Syncline\Sync\SpaceRepository;

/**
 * The refresh tokens, kept as hashes. Each is used once and replaced; all that descend from one login are a family. A
 * family is revoked by deleting its rows. Call inside a write transaction. Whatever changes a family holds the head row
 * of the account's space meanwhile, because a deletion does not see the token that a refresh is just adding.
 */
final readonly class RefreshTokens
{
    private const LIFETIME_MS = 90 * 86_400_000;
    private const TOKEN_BYTES = 32;

    public function __construct(
        private Connection $connection,
        private SpaceRepository $spaces,
        private Clock $clock,
    ) {
    }

    /** @return string the token of a new family; the caller has made the account's space, or holds it */
    public function issue(string $accountId): string
    {
        return $this->insert($accountId, random_bytes(16));
    }

    /**
     * Replaces a token. A reply can be lost, so a replaced token is accepted for as long as nobody has used its
     * successor, which is then spent and makes room for another. Any other second use means that two parties hold the
     * token: its whole family is revoked.
     *
     * @return array{string, string}|null account id and new token; null when the token is not valid
     */
    public function replace(#[\SensitiveParameter] string $token): ?array
    {
        $now = $this->clock->nowMs();
        $hash = self::hash($token);
        $accountId = $this->lockAccountOf($hash);
        /** @var array{string, int, ?string, int}|null $row */
        $row = $this->connection->row(
            'SELECT family, expires_ms, successor, uses FROM refresh_tokens WHERE hash = ?',
            [$hash],
        );
        if ($accountId === null || $row === null || $row[1] <= $now) {
            return null;
        }
        [$family, , $successor, $uses] = $row;
        if ($uses > 0 && !$this->spend($successor)) {
            $this->revokeFamily($family);
            return null;
        }
        $next = $this->insert($accountId, $family);
        $this->connection->execute(
            'UPDATE refresh_tokens SET uses = uses + 1, replaced_ms = ?, successor = ? WHERE hash = ?',
            [$now, self::hash($next), $hash],
        );
        return [$accountId, $next];
    }

    public function revoke(#[\SensitiveParameter] string $token): void
    {
        $hash = self::hash($token);
        $this->lockAccountOf($hash);
        /** @var array{string}|null $row */
        $row = $this->connection->row('SELECT family FROM refresh_tokens WHERE hash = ?', [$hash]);
        if ($row !== null) {
            $this->revokeFamily($row[0]);
        }
    }

    /** @return int how many expired tokens were deleted */
    public function purge(): int
    {
        return $this->connection->execute('DELETE FROM refresh_tokens WHERE expires_ms <= ?', [$this->clock->nowMs()]);
    }

    /** @return ?string the account of a token, which is to be read again now that no other transaction changes it */
    private function lockAccountOf(string $hash): ?string
    {
        /** @var array{string}|null $row */
        $row = $this->connection->row('SELECT account_id FROM refresh_tokens WHERE hash = ?', [$hash]);
        return $row === null ? null : $this->spaces->lock($row[0])?->id;
    }

    /**
     * Uses up a successor that the client may never have received: whoever shows it after all is a second party.
     *
     * @return bool false when it was used already, or there is none because the token itself is spent
     */
    private function spend(?string $hash): bool
    {
        return $hash !== null && $this->connection->execute(
            'UPDATE refresh_tokens SET uses = 1 WHERE hash = ? AND uses = 0',
            [$hash],
        ) === 1;
    }

    private function revokeFamily(string $family): void
    {
        $this->connection->execute('DELETE FROM refresh_tokens WHERE family = ?', [$family]);
    }

    private function insert(string $accountId, string $family): string
    {
        $token = rtrim(strtr(base64_encode(random_bytes(self::TOKEN_BYTES)), '+/', '-_'), '=');
        $this->connection->execute(
            'INSERT INTO refresh_tokens (hash, account_id, family, expires_ms, uses) VALUES (?, ?, ?, ?, 0)',
            [self::hash($token), $accountId, $family, $this->clock->nowMs() + self::LIFETIME_MS],
        );
        return $token;
    }

    /** A plain hash is enough for 32 random bytes: there is nothing to guess. */
    private static function hash(#[\SensitiveParameter] string $token): string
    {
        return hash('sha256', $token, true);
    }
}
