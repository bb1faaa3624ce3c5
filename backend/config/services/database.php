<?php

/** The connection and what migrates it. */

declare(strict_types=1);

use Syncline\Clock;
use Syncline\Database\Connection;
use Syncline\Database\ConnectionFactory;
use Syncline\Database\Migrator;
use Syncline\Services;
use Syncline\Settings;

return static function (Services $services, Settings $settings): void {
    $services->set(Connection::class, static fn (): Connection => ConnectionFactory::open($settings));
    $services->set(Migrator::class, static fn (Services $all): Migrator => new Migrator(
        $all->get(Connection::class),
        dirname(__DIR__, 2) . '/migrations',
        $all->get(Clock::class),
    ));
};
