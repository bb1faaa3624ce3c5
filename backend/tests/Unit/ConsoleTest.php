<?php

declare(strict_types=1);

namespace Syncline\Tests\Unit;

use PHPUnit\Framework\TestCase;

/** Runs bin/console as an operator does. */
final class ConsoleTest extends TestCase
{
    private const APPLIED =
        "applied 0001_initial\napplied 0002_attempts\napplied 0003_fences\napplied 0004_taken\n";

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
        self::assertSame([0, self::APPLIED], $this->console('migrate'));
        self::assertSame([0, "nothing to do\n"], $this->console('migrate'));
    }

    public function testRegressionMigrateMakesTheDefaultFolderAndLetsNobodyElseIn(): void
    {
        $root = $this->directory . '/installed';
        mkdir($root . '/bin', 0777, true);
        copy(dirname(__DIR__, 2) . '/bin/console', $root . '/bin/console');
        symlink(dirname(__DIR__, 2) . '/vendor', $root . '/vendor');
        $result = $this->execute($root . '/bin/console', '/nonexistent', 'migrate');
        self::assertSame([0, self::APPLIED], $result);
        self::assertSame('0700', self::permissions($root . '/var'));
        self::assertSame('0600', self::permissions($root . '/var/syncline.sqlite'));
        foreach (['/var/syncline.sqlite', '/bin/console', '/vendor'] as $file) {
            unlink($root . $file);
        }
        array_map(rmdir(...), [$root . '/var', $root . '/bin', $root]);
    }

    public function testRegressionADatabaseElsewhereIsForItsOwnerAloneToo(): void
    {
        $this->console('migrate');
        self::assertSame('0600', self::permissions($this->directory . '/db.sqlite'));
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
        self::assertSame([0, "deleted 0 tokens and 0 attempts\n"], $this->console('maintenance:purge'));
    }

    private static function permissions(string $file): string
    {
        clearstatcache();
        return substr(sprintf('%o', fileperms($file)), -4);
    }

    /** @return array{int, string} */
    private function console(string ...$arguments): array
    {
        $console = dirname(__DIR__, 2) . '/bin/console';
        return $this->execute($console, $this->directory . '/.env', ...array_values($arguments));
    }

    /** @return array{int, string} */
    private function execute(string $console, string $environmentFile, string ...$arguments): array
    {
        $command = [PHP_BINARY, $console, '--no-ansi', ...array_values($arguments)];
        $environment = ['PATH' => (string) getenv('PATH'), 'SYNCLINE_ENV_FILE' => $environmentFile];
        $process = proc_open($command, [1 => ['pipe', 'w'], 2 => ['pipe', 'w']], $pipes, null, $environment);
        self::assertIsResource($process);
        $output = (string) stream_get_contents($pipes[1]);
        return [proc_close($process), $output];
    }
}
