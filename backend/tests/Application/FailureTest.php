<?php

declare(strict_types=1);

namespace Syncline\Tests\Application;

use PHPUnit\Framework\TestCase;
use RuntimeException;
use Syncline\Action\LoginAction;
use Syncline\Action\MetaAction;
use Syncline\Application;
use Syncline\Database\BusyException;
use Syncline\Settings;
use Syncline\Tests\Support\TestApp;

final class FailureTest extends TestCase
{
    private const SECRET = 'SQLSTATE secret in /home/somebody/backend/src/Secret.php';

    public function testWhatAnExceptionSaysGoesToTheLogAlone(): void
    {
        $app = new TestApp();
        $app->container->set(MetaAction::class, static fn (): never => throw new RuntimeException(self::SECRET));
        $reply = $app->request('GET', '/v1/meta');
        $reply->assertProblem(500, 'internal');
        self::assertTrue($reply->member('retryable'));
        $everything = $reply->body . json_encode($reply->headers);
        foreach (['secret', 'Secret', 'SQLSTATE', 'somebody', 'RuntimeException', '#0', '.php'] as $internal) {
            self::assertStringNotContainsString($internal, $everything);
        }
        self::assertTrue($app->log->hasErrorThatContains(self::SECRET));
        self::assertSame($reply->header('X-Request-Id'), $app->log->getRecords()[0]->context['request_id']);
    }

    public function testADatabaseThatStaysBusyIs503WithRetryAfter(): void
    {
        $app = new TestApp();
        $app->container->set(LoginAction::class, static fn (): never => throw new BusyException(self::SECRET));
        $reply = $app->request('POST', '/v1/account/login', []);
        $reply->assertProblem(503, 'busy');
        self::assertSame('2', $reply->header('Retry-After'));
        self::assertTrue($reply->member('retryable'));
        self::assertStringNotContainsString('secret', $reply->body);
    }

    public function testRegressionOneWaitForALockIsTwoSecondsInBothDatabases(): void
    {
        $connection = (new TestApp())->connection();
        [$sql, $expected] = TestApp::isMysql()
            ? ['SELECT @@innodb_lock_wait_timeout', 2]
            : ['PRAGMA busy_timeout', 2_000];
        self::assertSame([[$expected]], $connection->rows($sql));
    }

    public function testEveryReplyNamesItsRequestAndIsNotStored(): void
    {
        $app = new TestApp();
        $ids = [];
        foreach (['/v1/meta', '/nothing', '/v1/changes'] as $path) {
            $reply = $app->request('GET', $path, null, ['X-Request-Id' => 'from the client']);
            self::assertMatchesRegularExpression('/\A[0-9a-f]{16}\z/', $reply->header('X-Request-Id'));
            self::assertSame('no-store', $reply->header('Cache-Control'));
            $ids[] = $reply->header('X-Request-Id');
        }
        self::assertCount(3, array_unique($ids));
    }

    public function testWithoutASecretTheApplicationDoesNotStart(): void
    {
        $this->expectException(RuntimeException::class);
        $this->expectExceptionMessage('SYNCLINE_JWT_SECRET');
        Application::app(Application::container(new Settings('sqlite::memory:', '', '', 'short', 'stderr', '')));
    }
}
