<?php

declare(strict_types=1);

namespace Syncline\Database;

use RuntimeException;
use Syncline\Clock;

/** Brings the database to the newest schema. Each file of migrations/ is applied once, in the order of the names. */
final readonly class Migrator
{
    public function __construct(private Connection $connection, private string $directory, private Clock $clock)
    {
    }

    /**
     * @return list<string> the names that were applied now
     * @throws BusyException when another migration does not come to an end
     */
    public function migrate(): array
    {
        // MySQL commits at each CREATE, so no transaction can keep others out; SQLite has nothing else that could.
        return $this->connection->dialect === Dialect::Sqlite
            ? $this->connection->write($this->applyAll(...))
            : $this->connection->alone('migration', $this->applyAll(...));
    }

    /** @return list<string> */
    private function applyAll(): array
    {
        $this->connection->script(
            'CREATE TABLE IF NOT EXISTS migrations'
            . ' (name VARBINARY(64) NOT NULL PRIMARY KEY, applied_ms BIGINT NOT NULL)'
        );
        $applied = array_column($this->connection->rows('SELECT name FROM migrations'), 0);
        $now = [];
        foreach ($this->files() as $name => $file) {
            if (!in_array($name, $applied, true)) {
                $this->apply($name, $file);
                $now[] = $name;
            }
        }
        return $now;
    }

    /** In MySQL it may break off in the middle, so every statement of a migration must bear being repeated. */
    private function apply(string $name, string $file): void
    {
        $sql = file_get_contents($file);
        if ($sql === false) {
            throw new RuntimeException('a migration cannot be read: ' . $name);
        }
        foreach (explode(";\n", $sql) as $statement) {
            if (trim($statement) !== '') {
                $this->connection->script($statement);
            }
        }
        // On a cluster the lock is of one server alone, so another may have recorded it meanwhile.
        $this->connection->execute(
            $this->connection->dialect->upsert('migrations', ['name', 'applied_ms'], ['name'], 1),
            [$name, $this->clock->nowMs()],
        );
    }

    /** @return array<string, string> name to file */
    private function files(): array
    {
        $suffix = '.' . $this->connection->dialect->value . '.sql';
        $files = [];
        foreach ((array) glob($this->directory . '/*' . $suffix) as $file) {
            $files[basename((string) $file, $suffix)] = (string) $file;
        }
        ksort($files);
        return $files;
    }
}
