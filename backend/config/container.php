<?php

/** Every service, made when it is first asked for. A test replaces what it wants to before that. */

declare(strict_types=1);

use Monolog\Formatter\LineFormatter;
use Monolog\Handler\StreamHandler;
use Monolog\Level;
use Monolog\Logger;
use Nyholm\Psr7\Factory\Psr17Factory;
use Psr\Log\LoggerInterface;
use Syncline\Clock;
use Syncline\Services;
use Syncline\Settings;
use Syncline\SystemClock;

return static function (Settings $settings): Services {
    $all = new Services();
    $all->set(Settings::class, static fn (): Settings => $settings);
    $all->set(Clock::class, static fn (): Clock => new SystemClock());
    $all->set(Psr17Factory::class, static fn (): Psr17Factory => new Psr17Factory());
    $all->set(LoggerInterface::class, static function () use ($settings): LoggerInterface {
        $target = $settings->log === 'stderr' ? 'php://stderr' : $settings->log;
        $formatter = new LineFormatter(dateFormat: DATE_RFC3339_EXTENDED, ignoreEmptyContextAndExtra: true);
        $formatter->includeStacktraces();
        return new Logger('syncline', [(new StreamHandler($target, Level::Info))->setFormatter($formatter)]);
    });
    foreach (['database', 'account', 'sync', 'http'] as $part) {
        /** @var callable(Services, Settings): void $define */
        $define = require __DIR__ . '/services/' . $part . '.php';
        $define($all, $settings);
    }
    return $all;
};
