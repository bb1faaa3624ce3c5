<?php

declare(strict_types=1);

namespace Syncline\Account;

/** Hashes passwords with Argon2id, or with bcrypt where PHP was built without it. */
final readonly class Passwords
{
    private string $algorithm;

    /**
     * @param array<string, int> $options the costs; PHP's own unless given
     * @param ?string $algorithm PASSWORD_ARGON2ID or PASSWORD_BCRYPT; the best there is unless given
     */
    public function __construct(private array $options = [], ?string $algorithm = null)
    {
        $best = defined('PASSWORD_ARGON2ID') ? constant('PASSWORD_ARGON2ID') : PASSWORD_BCRYPT;
        $this->algorithm = $algorithm ?? (is_string($best) ? $best : PASSWORD_BCRYPT);
    }

    public function hash(#[\SensitiveParameter] string $password): string
    {
        return password_hash(self::prepare($password, $this->algorithm), $this->algorithm, $this->options);
    }

    /** With no hash to compare with, as for an unknown email, it does the same work and says no. */
    public function verify(#[\SensitiveParameter] string $password, ?string $hash): bool
    {
        if ($hash === null) {
            $this->hash($password);
            return false;
        }
        $algorithm = password_get_info($hash)['algo'];
        return password_verify(self::prepare($password, is_string($algorithm) ? $algorithm : ''), $hash);
    }

    public function isOutdated(string $hash): bool
    {
        return password_needs_rehash($hash, $this->algorithm, $this->options);
    }

    /** bcrypt stops at 72 bytes and at a zero byte, so it is given 64 characters that stand for the whole password. */
    private static function prepare(#[\SensitiveParameter] string $password, string $algorithm): string
    {
        return $algorithm === PASSWORD_BCRYPT ? base64_encode(hash('sha384', $password, true)) : $password;
    }
}
