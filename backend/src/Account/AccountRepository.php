<?php

declare(strict_types=1);

namespace Syncline\Account;

use Syncline\Database\Connection;

/** The rows of the accounts. */
final readonly class AccountRepository
{
    public function __construct(private Connection $connection)
    {
    }

    public function findByEmail(string $email): ?Account
    {
        return $this->find('email', $email);
    }

    public function findById(string $id): ?Account
    {
        return $this->find('id', $id);
    }

    public function create(string $id, string $email, string $passwordHash, int $nowMs): void
    {
        $this->connection->execute(
            'INSERT INTO accounts (id, email, password_hash, created_ms) VALUES (?, ?, ?, ?)',
            [$id, $email, $passwordHash, $nowMs],
        );
    }

    public function setPasswordHash(string $id, string $passwordHash): void
    {
        $this->connection->execute('UPDATE accounts SET password_hash = ? WHERE id = ?', [$passwordHash, $id]);
    }

    /** Its space, replicas and tokens go with it by their foreign keys; the slots are deleted before. */
    public function delete(string $id): void
    {
        $this->connection->execute('DELETE FROM accounts WHERE id = ?', [$id]);
    }

    /** @param 'id'|'email' $column */
    private function find(string $column, string $value): ?Account
    {
        /** @var array{string, string, string}|null $row */
        $row = $this->connection->row("SELECT id, email, password_hash FROM accounts WHERE $column = ?", [$value]);
        return $row === null ? null : new Account(...$row);
    }
}
