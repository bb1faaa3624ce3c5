<?php

/** Accounts, passwords and tokens. */

declare(strict_types=1);

use Syncline\Account\AccessTokens;
use Syncline\Account\AccountRepository;
use Syncline\Account\Accounts;
use Syncline\Account\AttemptGuard;
use Syncline\Account\Passwords;
use Syncline\Account\RefreshTokens;
use Syncline\Clock;
use Syncline\Database\Connection;
use Syncline\Services;
use Syncline\Settings;
use Syncline\Sync\SlotRepository;
use Syncline\Sync\SpaceRepository;

return static function (Services $services, Settings $settings): void {
    $services->set(AccountRepository::class, static fn (Services $all): AccountRepository => new AccountRepository(
        $all->get(Connection::class),
    ));
    $services->set(Passwords::class, static fn (): Passwords => new Passwords());
    $services->set(AccessTokens::class, static fn (Services $all): AccessTokens => new AccessTokens(
        $settings->jwtSecret(),
        $all->get(Clock::class),
    ));
    $services->set(RefreshTokens::class, static fn (Services $all): RefreshTokens => new RefreshTokens(
        $all->get(Connection::class),
        $all->get(SpaceRepository::class),
        $all->get(Clock::class),
    ));
    $services->set(AttemptGuard::class, static fn (Services $all): AttemptGuard => new AttemptGuard(
        $all->get(Connection::class),
        $all->get(Clock::class),
    ));
    $services->set(Accounts::class, static fn (Services $all): Accounts => new Accounts(
        $all->get(Connection::class),
        $all->get(AccountRepository::class),
        $all->get(SpaceRepository::class),
        $all->get(SlotRepository::class),
        $all->get(Passwords::class),
        $all->get(AttemptGuard::class),
        $all->get(AccessTokens::class),
        $all->get(RefreshTokens::class),
        $all->get(Clock::class),
    ));
};
