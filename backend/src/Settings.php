<?php

declare(strict_types=1);

namespace Syncline;

use Dotenv\Dotenv;
use RuntimeException;

/** What the operator decides, from the environment or a .env file; the environment wins. */
final readonly class Settings
{
    private const JWT_SECRET_BYTES_MIN = 32;

    public function __construct(
        public string $dsn,
        public string $databaseUser,
        #[\SensitiveParameter] public string $databasePassword,
        #[\SensitiveParameter] private string $jwtSecret,
        public string $log,
        public string $basePath,
    ) {
    }

    /** @param array<string, mixed> $server the values that the web server handed over, as in $_SERVER */
    public static function load(string $root, array $server): self
    {
        $file = self::fromEnvironment('SYNCLINE_ENV_FILE', $server) ?? $root . '/.env';
        $values = is_file($file) ? Dotenv::parse((string) file_get_contents($file)) : [];
        $read = static fn (string $name, string $default): string =>
            self::fromEnvironment($name, $server) ?? $values[$name] ?? $default;
        return new self(
            $read('SYNCLINE_DSN', self::defaultDsn($root)),
            $read('SYNCLINE_DB_USER', ''),
            $read('SYNCLINE_DB_PASSWORD', ''),
            $read('SYNCLINE_JWT_SECRET', ''),
            $read('SYNCLINE_LOG', 'stderr'),
            $read('SYNCLINE_BASE_PATH', ''),
        );
    }

    public static function defaultFolder(string $root): string
    {
        return $root . '/var';
    }

    public static function defaultDsn(string $root): string
    {
        return 'sqlite:' . self::defaultFolder($root) . '/syncline.sqlite';
    }

    /** Fails when it is missing or short: a server without a real secret must not hand out tokens. */
    public function jwtSecret(): string
    {
        if (strlen($this->jwtSecret) < self::JWT_SECRET_BYTES_MIN) {
            throw new RuntimeException(
                'SYNCLINE_JWT_SECRET is not set or shorter than 32 bytes; bin/console key:generate makes one'
            );
        }
        return $this->jwtSecret;
    }

    /** @param array<string, mixed> $server */
    private static function fromEnvironment(string $name, array $server): ?string
    {
        $value = $server[$name] ?? getenv($name);
        return is_string($value) && $value !== '' ? $value : null;
    }
}
