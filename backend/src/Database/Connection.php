<?php

declare(strict_types=1);

namespace Syncline\Database;

use Closure;
use PDO;
use PDOException;
use PDOStatement;
use Throwable;

/** One database connection: prepared statements, and transactions that are replayed when another was in the way. */
final class Connection
{
    private const ATTEMPTS_MAX = 8;
    /** No attempt begins later: each may wait for a lock by itself, and a client waits for all of them together. */
    private const ATTEMPTS_MS_MAX = 6_000;
    private const ALONE_WAIT_SECONDS = 60;
    private const JITTER_BASE_US = 5_000;

    /** @var array<string, PDOStatement> */
    private array $statements = [];

    /**
     * @param Closure(int): void $sleep waits for so many microseconds
     * @param Closure(): int $elapsedMs a clock that is never set
     */
    public function __construct(
        private readonly PDO $pdo,
        public readonly Dialect $dialect,
        private readonly Closure $sleep,
        private readonly Closure $elapsedMs,
    ) {
    }

    /**
     * @param list<int|string|null> $parameters
     * @return int the rows that were changed
     */
    public function execute(string $sql, array $parameters = []): int
    {
        $statement = $this->run($sql, $parameters);
        $count = $statement->rowCount();
        $statement->closeCursor();
        return $count;
    }

    /** Runs statements without parameters, such as a migration. */
    public function script(string $sql): void
    {
        $this->pdo->exec($sql);
    }

    /**
     * @param list<int|string|null> $parameters
     * @return list<list<mixed>>
     */
    public function rows(string $sql, array $parameters = []): array
    {
        $statement = $this->run($sql, $parameters);
        /** @var list<list<mixed>> $rows */
        $rows = $statement->fetchAll(PDO::FETCH_NUM);
        $statement->closeCursor();
        return $rows;
    }

    /**
     * @param list<int|string|null> $parameters
     * @return list<mixed>|null
     */
    public function row(string $sql, array $parameters = []): ?array
    {
        return $this->rows($sql, $parameters)[0] ?? null;
    }

    /**
     * Runs the work in one write transaction and returns what it returns. When another transaction was in the way, all
     * of it is rolled back and replayed, so the work must have no effect outside the database.
     *
     * @template T
     * @param Closure(): T $work
     * @return T
     * @throws BusyException after eight attempts, or six seconds
     */
    public function write(Closure $work): mixed
    {
        $end = ($this->elapsedMs)() + self::ATTEMPTS_MS_MAX;
        for ($attempt = 1;; $attempt++) {
            try {
                return $this->attempt($this->dialect->beginWrite(), $work);
            } catch (PDOException $failure) {
                if (!$this->dialect->isConflict($failure)) {
                    throw $failure;
                }
                if ($attempt < self::ATTEMPTS_MAX) {
                    ($this->sleep)(random_int(0, self::JITTER_BASE_US << $attempt));
                }
                if ($attempt === self::ATTEMPTS_MAX || ($this->elapsedMs)() >= $end) {
                    throw new BusyException('a transaction was in conflict too often or too long', 0, $failure);
                }
            }
        }
    }

    /**
     * Runs the work while no other connection to this database runs one of that name. Only MySQL has such locks.
     *
     * @template T
     * @param Closure(): T $work
     * @return T
     * @throws BusyException when the other does not come to an end
     */
    public function alone(string $name, Closure $work): mixed
    {
        // The names are of the whole server and have at most 64 characters.
        $lock = "CONCAT('syncline:', ?, ':', MD5(DATABASE()))";
        if ($this->row("SELECT GET_LOCK($lock, ?)", [$name, self::ALONE_WAIT_SECONDS]) !== [1]) {
            throw new BusyException('another connection has the lock ' . $name);
        }
        try {
            return $work();
        } finally {
            $this->row("SELECT RELEASE_LOCK($lock)", [$name]);
        }
    }

    /**
     * Runs the work in a transaction that only reads. In SQLite all its reads see one state, in MySQL each sees what is
     * committed by then.
     *
     * @template T
     * @param Closure(): T $work
     * @return T
     */
    public function read(Closure $work): mixed
    {
        return $this->attempt($this->dialect->beginRead(), $work);
    }

    /**
     * @template T
     * @param Closure(): T $work
     * @return T
     */
    private function attempt(string $begin, Closure $work): mixed
    {
        $this->pdo->exec($begin);
        try {
            $result = $work();
            $this->pdo->exec('COMMIT');
            return $result;
        } catch (Throwable $failure) {
            $this->rollback();
            throw $failure;
        }
    }

    private function rollback(): void
    {
        try {
            $this->pdo->exec('ROLLBACK');
        } catch (PDOException) {
            // The database has rolled back by itself, or the connection is gone and takes the transaction with it.
        }
    }

    /** @param list<int|string|null> $parameters */
    private function run(string $sql, array $parameters): PDOStatement
    {
        $statement = $this->statements[$sql] ??= $this->pdo->prepare($sql);
        foreach ($parameters as $index => $parameter) {
            // Every text column is binary. SQLite tells a blob from a text, so strings are always bound as blobs.
            $statement->bindValue($index + 1, $parameter, match (true) {
                is_int($parameter) => PDO::PARAM_INT,
                is_string($parameter) => PDO::PARAM_LOB,
                default => PDO::PARAM_NULL,
            });
        }
        $statement->execute();
        return $statement;
    }
}
