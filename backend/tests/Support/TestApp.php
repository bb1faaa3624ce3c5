<?php

declare(strict_types=1);

namespace Syncline\Tests\Support;

use Monolog\Handler\TestHandler;
use Monolog\Logger;
use Nyholm\Psr7\Factory\Psr17Factory;
use PHPUnit\Framework\Assert;
use Psr\Log\LoggerInterface;
use Slim\App;
use Syncline\Account\Passwords;
use Syncline\Application;
use Syncline\Clock;
use Syncline\Database\Connection;
use Syncline\Database\Migrator;
use Syncline\Services;
use Syncline\Settings;

/** The whole application in this process, over an empty database, with a clock that a test moves. */
final class TestApp
{
    public const PASSWORD = 'correct horse';
    public const SECRET = 'a secret of the tests, long enough for HS256';
    private const TABLES = ['slots', 'fences', 'taken', 'replicas', 'refresh_tokens', 'attempts', 'spaces', 'accounts'];

    public readonly FakeClock $clock;
    public readonly TestHandler $log;
    public readonly Services $container;
    /** Where requests come from. */
    public string $address = '192.0.2.1';
    private ?App $app = null;

    public function __construct()
    {
        $this->clock = new FakeClock(Ops::TIME_MS + 60_000);
        $this->log = new TestHandler();
        $this->container = Application::container(self::settings());
        $this->container->set(Clock::class, fn (): Clock => $this->clock);
        $this->container->set(LoggerInterface::class, fn (): LoggerInterface => new Logger('test', [$this->log]));
        $this->container->set(
            Passwords::class,
            static fn (): Passwords => new Passwords(['cost' => 4], PASSWORD_BCRYPT),
        );
        $this->service(Migrator::class)->migrate();
        if (self::isMysql()) {
            foreach (self::TABLES as $table) {
                $this->connection()->execute('DELETE FROM ' . $table);
            }
        }
    }

    public static function isMysql(): bool
    {
        return getenv('SYNCLINE_TEST_DATABASE') === 'mysql';
    }

    public static function settings(): Settings
    {
        if (!self::isMysql()) {
            return new Settings('sqlite::memory:', '', '', self::SECRET, 'stderr', '');
        }
        $dsn = getenv('SYNCLINE_TEST_MYSQL_DSN');
        if ($dsn === false) {
            Assert::fail('SYNCLINE_TEST_MYSQL_DSN is not set; run this under tests/bin/with-mariadb');
        }
        return new Settings(
            $dsn,
            (string) getenv('SYNCLINE_TEST_MYSQL_USER'),
            (string) getenv('SYNCLINE_TEST_MYSQL_PASSWORD'),
            self::SECRET,
            'stderr',
            '',
        );
    }

    /**
     * @template T of object
     * @param class-string<T> $class
     * @return T
     */
    public function service(string $class): object
    {
        return $this->container->get($class);
    }

    public function connection(): Connection
    {
        return $this->service(Connection::class);
    }

    /**
     * @param array<string, mixed>|string|null $body an array is sent as JSON, a string as it is
     * @param array<string, string> $headers
     */
    public function request(string $method, string $path, array|string|null $body = null, array $headers = []): Reply
    {
        $factory = new Psr17Factory();
        $request = $factory->createServerRequest($method, $path, ['REMOTE_ADDR' => $this->address]);
        parse_str((string) parse_url($path, PHP_URL_QUERY), $query);
        $request = $request->withQueryParams($query);
        if ($body !== null) {
            $text = is_string($body) ? $body : json_encode((object) $body, JSON_THROW_ON_ERROR);
            $request = $request->withHeader('Content-Type', 'application/json')
                ->withBody($factory->createStream($text));
        }
        foreach ($headers as $name => $value) {
            $request = $request->withHeader($name, $value);
        }
        $this->app ??= Application::app($this->container);
        $response = $this->app->handle($request);
        $received = [];
        foreach ($response->getHeaders() as $name => $values) {
            $received[strtolower((string) $name)] = array_values($values);
        }
        $reply = new Reply($response->getStatusCode(), $received, (string) $response->getBody());
        $reply->assertDigest();
        OpenApi::contract()->assertReply($method, (string) parse_url($path, PHP_URL_PATH), $reply);
        return $reply;
    }

    public function register(string $email = 'ann@example.org'): Reply
    {
        $reply = $this->request('POST', '/v1/account/register', ['email' => $email, 'password' => self::PASSWORD]);
        Assert::assertSame(201, $reply->status, $reply->body);
        return $reply;
    }

    public function device(string $email = 'ann@example.org'): Device
    {
        return new Device($this, $this->register($email)->string('access_token'));
    }
}
