<?php

declare(strict_types=1);

namespace Syncline\Database;

use PDO;
use PDOException;
use RuntimeException;
use Syncline\Settings;

/** Opens the configured database with the options that durability and the merge depend on. */
final class ConnectionFactory
{
    /** Too many connections, of all or of this user, and a server that restarts: all pass by themselves. */
    private const MYSQL_UNAVAILABLE = [1040, 1203, 1226, 2002, 2006];

    private const LOCK_WAIT_SECONDS = 2;

    public static function open(Settings $settings): Connection
    {
        $dialect = match (strstr($settings->dsn, ':', true)) {
            'sqlite' => Dialect::Sqlite,
            'mysql' => Dialect::Mysql,
            default => throw new RuntimeException('SYNCLINE_DSN must begin with sqlite: or mysql:'),
        };
        $pdo = self::connect($settings);
        match ($dialect) {
            Dialect::Sqlite => self::configureSqlite($pdo),
            Dialect::Mysql => self::configureMysql($pdo),
        };
        return new Connection(
            $pdo,
            $dialect,
            static fn (int $microseconds) => usleep($microseconds),
            static fn (): int => intdiv(hrtime(true), 1_000_000),
        );
    }

    private static function connect(Settings $settings): PDO
    {
        try {
            return new PDO($settings->dsn, $settings->databaseUser, $settings->databasePassword, [
                PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
                PDO::ATTR_EMULATE_PREPARES => false,
                PDO::ATTR_STRINGIFY_FETCHES => false,
            ]);
        } catch (PDOException $failure) {
            if (in_array($failure->errorInfo[1] ?? $failure->getCode(), self::MYSQL_UNAVAILABLE, true)) {
                throw new BusyException('the database takes no connection now', 0, $failure);
            }
            throw $failure;
        }
    }

    /**
     * WAL lets readers work beside the one writer. FULL makes a commit wait until the log is on the disk: a verdict
     * says "durably held", and with NORMAL a power cut could take back what a client has already dropped.
     */
    private static function configureSqlite(PDO $pdo): void
    {
        $pdo->exec('PRAGMA busy_timeout = ' . 1000 * self::LOCK_WAIT_SECONDS);
        $pdo->exec('PRAGMA journal_mode = WAL');
        $pdo->exec('PRAGMA synchronous = FULL');
        $pdo->exec('PRAGMA foreign_keys = ON');
    }

    /**
     * READ COMMITTED, because every push holds its space's row and needs no locks on gaps, over which pushes of
     * different spaces would deadlock. The strict mode refuses what would otherwise be cut to a column's length.
     */
    private static function configureMysql(PDO $pdo): void
    {
        $pdo->exec("SET NAMES utf8mb4, SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'");
        $pdo->exec('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
        $pdo->exec('SET SESSION innodb_lock_wait_timeout = ' . self::LOCK_WAIT_SECONDS);
    }
}
