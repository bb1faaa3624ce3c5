<?php

declare(strict_types=1);

namespace Syncline\Tests\Application;

use PHPUnit\Framework\TestCase;
use Syncline\Application;
use Syncline\Database\Connection;
use Syncline\Settings;
use Syncline\Tests\Support\TestApp;

final class MigrationTest extends TestCase
{
    private const AT_ONCE = 6;
    private const ROUNDS = 4;
    private const TABLES = [
        'slots', 'fences', 'taken', 'replicas', 'refresh_tokens', 'attempts', 'login_failures', 'spaces', 'accounts',
        'migrations',
    ];

    private string $directory;

    protected function setUp(): void
    {
        $this->directory = sys_get_temp_dir() . '/syncline-migration-' . bin2hex(random_bytes(4));
        mkdir($this->directory);
    }

    protected function tearDown(): void
    {
        foreach ((array) glob($this->directory . '/*') as $file) {
            unlink((string) $file);
        }
        rmdir($this->directory);
    }

    public function testRegressionMigrationsThatRunAtOnceAreAppliedOnce(): void
    {
        for ($round = 0; $round < self::ROUNDS; $round++) {
            $settings = $this->empty($round);
            $processes = [];
            for ($count = 0; $count < self::AT_ONCE; $count++) {
                $processes[] = $this->migrate($settings);
            }
            $told = [];
            foreach ($processes as [$process, $output, $errors]) {
                $told[] = (string) stream_get_contents($output);
                self::assertSame('', stream_get_contents($errors));
                self::assertSame(0, proc_close($process));
            }
            sort($told);
            self::assertSame(
                [
                    "applied 0001_initial\napplied 0002_attempts\napplied 0003_fences\napplied 0004_taken\n",
                    "nothing to do\n",
                ],
                array_values(array_unique($told)),
            );
            self::assertSame('nothing to do', trim($told[1]), 'it was applied twice');
        }
    }

    private function empty(int $round): Settings
    {
        if (!TestApp::isMysql()) {
            $dsn = sprintf('sqlite:%s/%d.sqlite', $this->directory, $round);
            return new Settings($dsn, '', '', TestApp::SECRET, 'stderr', '');
        }
        $connection = Application::container(TestApp::settings())->get(Connection::class);
        foreach (self::TABLES as $table) {
            $connection->script('DROP TABLE IF EXISTS ' . $table);
        }
        return TestApp::settings();
    }

    /** @return array{resource, resource, resource} the process, its output and its errors */
    private function migrate(Settings $settings): array
    {
        $process = proc_open(
            [PHP_BINARY, dirname(__DIR__, 2) . '/bin/console', '--no-ansi', 'migrate'],
            [1 => ['pipe', 'w'], 2 => ['pipe', 'w']],
            $pipes,
            null,
            [
                'PATH' => (string) getenv('PATH'),
                'SYNCLINE_ENV_FILE' => '/nonexistent',
                'SYNCLINE_DSN' => $settings->dsn,
                'SYNCLINE_DB_USER' => $settings->databaseUser,
                'SYNCLINE_DB_PASSWORD' => $settings->databasePassword,
            ],
        );
        self::assertIsResource($process);
        return [$process, $pipes[1], $pipes[2]];
    }
}
