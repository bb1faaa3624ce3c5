<?php

declare(strict_types=1);

namespace Syncline\Account;

/** What attempts are counted by. Its key is a hash: the table is not to hold what somebody merely typed. */
final readonly class AttemptCounter
{
    private function __construct(public string $key, public int $attemptsMax)
    {
    }

    /** By this a stranger who guesses locks out nobody but himself. */
    public static function ofEmailFrom(string $email, ClientAddress $address): self
    {
        return self::make(10, 'email from', $address->network . "\0" . $email);
    }

    /** Against guessing from many addresses; higher, because it locks the owner out too. */
    public static function ofEmail(string $email): self
    {
        return self::make(100, 'email', $email);
    }

    /** Against trying many emails and making many accounts; high, because many people may share an address. */
    public static function ofAddress(ClientAddress $address): self
    {
        return self::make(300, 'address', $address->network);
    }

    /** Takes a valid access token to fill. @param string $accountId 8 bytes */
    public static function ofDeletion(string $accountId): self
    {
        return self::make(10, 'deletion', $accountId);
    }

    private static function make(int $attemptsMax, string $kind, string $what): self
    {
        return new self(hash('sha256', $kind . "\0" . $what, true), $attemptsMax);
    }
}
