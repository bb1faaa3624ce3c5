<?php

declare(strict_types=1);

namespace Syncline\Tests\Application;

use PHPUnit\Framework\TestCase;
use Syncline\Account\AccountRepository;
use Syncline\Account\RefreshTokens;
use Syncline\Application;
use Syncline\Clock;
use Syncline\Database\Connection;
use Syncline\Database\Migrator;
use Syncline\Services;
use Syncline\Settings;
use Syncline\Sync\SpaceRepository;
use Syncline\Tests\Support\FakeClock;
use Syncline\Tests\Support\Ops;
use Syncline\Tests\Support\TestApp;

/** Two processes at one family of refresh tokens. */
final class RevocationTest extends TestCase
{
    private const ROUNDS = 10;

    private string $file = '';
    private Settings $settings;

    protected function setUp(): void
    {
        $this->settings = TestApp::settings();
        if (TestApp::isMysql()) {
            new TestApp();
            return;
        }
        $this->file = (string) tempnam(sys_get_temp_dir(), 'syncline');
        $this->settings = new Settings('sqlite:' . $this->file, '', '', TestApp::SECRET, 'stderr', '');
    }

    protected function tearDown(): void
    {
        foreach ($this->file === '' ? [] : (array) glob($this->file . '*') as $file) {
            unlink((string) $file);
        }
    }

    /** The logout arrives when the refresh has read its token and has not written the next one yet. */
    public function testRegressionALogoutDuringARefreshLeavesNoTokenOfTheFamily(): void
    {
        $services = Application::container($this->settings);
        $clock = new FakeClock(Ops::TIME_MS);
        $services->set(Clock::class, static fn (): Clock => $clock);
        $services->get(Migrator::class)->migrate();
        $connection = $services->get(Connection::class);
        $tokens = $services->get(RefreshTokens::class);
        for ($round = 0; $round < self::ROUNDS; $round++) {
            $token = $this->login($services, $round);
            $logout = null;
            $clock->atCall(2, function () use ($token, &$logout): void {
                $logout = $this->logOutElsewhere($token);
            });
            $connection->write(static fn (): ?array => $tokens->replace($token));
            self::assertIsResource($logout);
            self::assertSame(0, proc_close($logout));
            self::assertSame([[0]], $connection->rows('SELECT COUNT(*) FROM refresh_tokens'));
        }
    }

    private function login(Services $services, int $round): string
    {
        return $services->get(Connection::class)->write(static function () use ($services, $round): string {
            $id = random_bytes(8);
            $services->get(AccountRepository::class)->create($id, $round . '@example.org', 'x', 0);
            $services->get(SpaceRepository::class)->create($id);
            return $services->get(RefreshTokens::class)->issue($id);
        });
    }

    /** @return resource a process that is about to log out */
    private function logOutElsewhere(string $token): mixed
    {
        $code = 'require $argv[1];'
            . '$settings = new Syncline\Settings($argv[2], $argv[3], $argv[4], $argv[5], "stderr", "");'
            . '$accounts = Syncline\Application::container($settings)->get(Syncline\Account\Accounts::class);'
            . 'echo "ready"; $accounts->logout($argv[6]);';
        $process = proc_open([
            PHP_BINARY, '-r', $code, '--',
            dirname(__DIR__, 2) . '/vendor/autoload.php',
            $this->settings->dsn,
            $this->settings->databaseUser,
            $this->settings->databasePassword,
            TestApp::SECRET,
            $token,
        ], [1 => ['pipe', 'w']], $pipes);
        self::assertIsResource($process);
        self::assertSame('ready', fread($pipes[1], 5));
        usleep(50_000);
        return $process;
    }
}
