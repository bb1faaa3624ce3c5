<?php

declare(strict_types=1);

namespace Syncline\Tests\Unit;

use Closure;
use PDO;
use PDOException;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;
use RuntimeException;
use Syncline\Database\BusyException;
use Syncline\Database\Connection;
use Syncline\Database\ConnectionFactory;
use Syncline\Database\Dialect;
use Syncline\Settings;

final class ConnectionTest extends TestCase
{
    private string $file;

    protected function setUp(): void
    {
        $this->file = (string) tempnam(sys_get_temp_dir(), 'syncline');
        $this->open()->exec('CREATE TABLE t (v INTEGER)');
    }

    protected function tearDown(): void
    {
        foreach ((array) glob($this->file . '*') as $file) {
            unlink((string) $file);
        }
    }

    public function testATransactionThatNeverGetsTheLockIsTriedEightTimesAndThenBusy(): void
    {
        $other = $this->open();
        $other->exec('BEGIN IMMEDIATE');
        $waits = [];
        $connection = $this->connection(static function (int $microseconds) use (&$waits): void {
            $waits[] = $microseconds;
        });
        try {
            $connection->write(static fn (): int => $connection->execute('INSERT INTO t VALUES (1)'));
            self::fail('it was not busy');
        } catch (BusyException) {
            self::assertCount(7, $waits);
            foreach ($waits as $attempt => $microseconds) {
                self::assertLessThanOrEqual(5_000 << $attempt + 1, $microseconds);
            }
        }
    }

    public function testRegressionAttemptsThatWaitLongEndAfterSixSecondsAltogether(): void
    {
        $attempts = 0;
        $connection = $this->connection(static fn () => null, static function () use (&$attempts): int {
            return 2_000 * $attempts;
        });
        try {
            $connection->write(static function () use (&$attempts): never {
                $attempts++;
                throw self::failure(5);
            });
        } catch (BusyException) {
            self::assertSame(3, $attempts);
        }
    }

    public function testATransactionIsReplayedWholeOnceTheLockIsFree(): void
    {
        $other = $this->open();
        $other->exec('BEGIN IMMEDIATE');
        $connection = $this->connection(static fn () => $other->exec('ROLLBACK'));
        $runs = 0;
        $connection->write(static function () use ($connection, &$runs): int {
            $runs++;
            return $connection->execute('INSERT INTO t VALUES (1)');
        });
        self::assertSame(1, $runs);
        self::assertSame([[1]], $connection->rows('SELECT v FROM t'));
    }

    public function testAConflictInTheMiddleUndoesWhatCameBeforeIt(): void
    {
        $connection = $this->connection(static fn () => null);
        $runs = 0;
        $connection->write(static function () use ($connection, &$runs): void {
            $connection->execute('INSERT INTO t VALUES (?)', [++$runs]);
            if ($runs < 3) {
                throw self::failure(5);
            }
        });
        self::assertSame([[3]], $connection->rows('SELECT v FROM t'));
    }

    public function testAnyOtherFailureRollsBackAndIsNotReplayed(): void
    {
        $connection = $this->connection(static fn () => self::fail('it waited'));
        $message = null;
        try {
            $connection->write(static fn (): int => $connection->execute('INSERT INTO t VALUES (1)')
                + throw new RuntimeException('stop'));
        } catch (RuntimeException $failure) {
            $message = $failure->getMessage();
        }
        self::assertSame('stop', $message);
        self::assertSame([], $connection->rows('SELECT v FROM t'));
    }

    /** @return iterable<string, array{Dialect, int, bool}> */
    public static function failures(): iterable
    {
        foreach ([1213, 1205, 1020, 1062] as $number) {
            yield 'MySQL ' . $number => [Dialect::Mysql, $number, true];
        }
        yield 'MySQL syntax' => [Dialect::Mysql, 1064, false];
        yield 'SQLite busy' => [Dialect::Sqlite, 5, true];
        yield 'SQLite busy snapshot' => [Dialect::Sqlite, 517, true];
        yield 'SQLite constraint' => [Dialect::Sqlite, 19, false];
    }

    #[DataProvider('failures')]
    public function testOnlyConflictsWithOthersAreReplayed(Dialect $dialect, int $number, bool $isConflict): void
    {
        self::assertSame($isConflict, $dialect->isConflict(self::failure($number)));
    }

    private static function failure(int $number): PDOException
    {
        $failure = new PDOException('failed');
        $failure->errorInfo = ['HY000', $number, 'failed'];
        return $failure;
    }

    /** @param ?Closure(): int $elapsedMs */
    private function connection(Closure $sleep, ?Closure $elapsedMs = null): Connection
    {
        return new Connection($this->open(), Dialect::Sqlite, $sleep, $elapsedMs ?? static fn (): int => 0);
    }

    private function open(): PDO
    {
        return new PDO('sqlite:' . $this->file, null, null, [
            PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
            PDO::ATTR_TIMEOUT => 0,
        ]);
    }

    public function testADatabaseServerThatIsNotThereIsBusyAndNoFaultOfTheProgram(): void
    {
        $this->expectException(BusyException::class);
        ConnectionFactory::open(new Settings('mysql:unix_socket=/nonexistent', 'u', 'p', '', 'stderr', ''));
    }
}
