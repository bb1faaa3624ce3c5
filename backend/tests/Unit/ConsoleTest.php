<?php

declare(strict_types=1);

namespace Syncline\Tests\Unit;

use PHPUnit\Framework\TestCase;

/** Runs bin/console as an operator does. */
final class ConsoleTest extends TestCase
{
    private string $directory;

    protected function setUp(): void
    {
        $this->directory = sys_get_temp_dir() . '/syncline-console-' . bin2hex(random_bytes(4));
        mkdir($this->directory);
        file_put_contents($this->directory . '/.env', "SYNCLINE_DSN=sqlite:$this->directory/db.sqlite\n");
    }

    protected function tearDown(): void
    {
        foreach ((array) glob($this->directory . '/{,.}[!.]*', GLOB_BRACE) as $file) {
            unlink((string) $file);
        }
        rmdir($this->directory);
    }

    public function testKeyGeneratePrintsALineForTheEnvironmentFile(): void
    {
        [$status, $output] = $this->console('key:generate');
        self::assertSame(0, $status);
        self::assertMatchesRegularExpression('/\ASYNCLINE_JWT_SECRET=[0-9a-f]{64}\n\z/', $output);
        self::assertNotSame($output, $this->console('key:generate')[1]);
    }

    public function testMigrateIsRepeatable(): void
    {
        self::assertSame([0, "applied 0001_initial\n"], $this->console('migrate'));
        self::assertSame([0, "nothing to do\n"], $this->console('migrate'));
    }

    public function testEpochRenewTakesAllOrOne(): void
    {
        $this->console('migrate');
        self::assertSame([0, "renewed 0\n"], $this->console('epoch:renew'));
        self::assertSame(1, $this->console('epoch:renew', '--account=0123456789abcdef')[0]);
        self::assertSame(2, $this->console('epoch:renew', '--account=x')[0]);
    }

    public function testMaintenancePurgeSaysWhatItDeleted(): void
    {
        $this->console('migrate');
        self::assertSame([0, "deleted 0 tokens and 0 login failures\n"], $this->console('maintenance:purge'));
    }

    /** @return array{int, string} */
    private function console(string ...$arguments): array
    {
        $command = [PHP_BINARY, dirname(__DIR__, 2) . '/bin/console', '--no-ansi', ...array_values($arguments)];
        $environment = ['PATH' => (string) getenv('PATH'), 'SYNCLINE_ENV_FILE' => $this->directory . '/.env'];
        $process = proc_open($command, [1 => ['pipe', 'w'], 2 => ['pipe', 'w']], $pipes, null, $environment);
        self::assertIsResource($process);
        $output = (string) stream_get_contents($pipes[1]);
        return [proc_close($process), $output];
    }
}
