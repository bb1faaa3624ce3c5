<?php

declare(strict_types=1);

namespace Syncline\Tests\Application;

use PHPUnit\Framework\TestCase;
use Syncline\Account\AttemptGuard;
use Syncline\Account\RefreshTokens;
use Syncline\Tests\Support\Ops;
use Syncline\Tests\Support\TestApp;

final class MaintenanceTest extends TestCase
{
    public function testPurgingDeletesWhatNoLongerCountsAndNothingElse(): void
    {
        $app = new TestApp();
        $app->register();
        $body = ['email' => 'ann@example.org', 'password' => 'wrong password'];
        $app->request('POST', '/v1/account/login', $body);
        $app->clock->advanceSeconds(90 * 86_400);
        $token = $app->register('bob@example.org')->string('refresh_token');
        $app->request('POST', '/v1/account/login', $body);
        self::assertSame(1, $app->service(RefreshTokens::class)->purge());
        self::assertSame(4, $app->service(AttemptGuard::class)->purge());
        self::assertSame(0, $app->service(AttemptGuard::class)->purge());
        self::assertSame(0, $app->service(RefreshTokens::class)->purge());
        self::assertSame(200, $app->request('POST', '/v1/account/refresh', ['refresh_token' => $token])->status);
    }

    public function testAReplicaIsWrittenWhenSomethingChangedAndElseOnceAnHour(): void
    {
        $app = new TestApp();
        $device = $app->device();
        $schema = ['name' => 'health', 'version' => 1, 'digest' => str_repeat('0f', 16)];
        $begin = $app->clock->nowMs;
        $device->sync(['schema' => $schema]);
        self::assertSame([1, $begin], self::seen($app));
        $app->clock->advanceSeconds(60);
        $device->sync(['schema' => $schema]);
        $device->sync([]);
        self::assertSame([1, $begin], self::seen($app));
        $device->sync(['schema' => ['version' => 2] + $schema]);
        self::assertSame([2, $begin + 60_000], self::seen($app));
        $app->clock->advanceSeconds(600);
        self::assertSame(200, $device->sync(['replica' => 'fedcba9876543210'])->status);
        self::assertCount(2, $app->connection()->rows('SELECT replica FROM replicas'));
        self::assertSame(Ops::REPLICA, $app->connection()->rows('SELECT replica FROM replicas ORDER BY 1')[0][0]);
    }

    public function testRegressionASpaceKeepsTheReplicasThatItSawLast(): void
    {
        $app = new TestApp();
        $device = $app->device();
        for ($replica = 1; $replica <= 258; $replica++) {
            $app->clock->advanceSeconds(1);
            $device->sync(['replica' => sprintf('%016x', $replica)]);
        }
        $replicas = array_column($app->connection()->rows('SELECT replica FROM replicas ORDER BY replica'), 0);
        self::assertCount(256, $replicas);
        self::assertSame(sprintf('%016x', 3), $replicas[0]);
    }

    /**
     * @phpstan-impure
     * @return list<mixed>|null the version of the schema, and when it was seen
     */
    private static function seen(TestApp $app): ?array
    {
        return $app->connection()->row('SELECT schema_version, seen_ms FROM replicas');
    }
}
