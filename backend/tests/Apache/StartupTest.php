<?php

declare(strict_types=1);

namespace Syncline\Tests\Apache;

use PHPUnit\Framework\TestCase;

/** Runs the front controller under php-cgi with an environment that it cannot work with. */
final class StartupTest extends TestCase
{
    public function testWithoutASecretEveryRequestIsAProblemThatTellsNothing(): void
    {
        [$reply, $errors] = $this->serve(['SYNCLINE_ENV_FILE' => '/nonexistent']);
        self::assertStringStartsWith('Status: 500', $reply);
        self::assertStringContainsString('Content-Type: application/problem+json', $reply);
        self::assertStringContainsString('"code":"internal"', $reply);
        [$headers, $body] = explode("\r\n\r\n", $reply, 2);
        $digest = base64_encode(hash('sha256', $body, true));
        self::assertStringContainsString('Unencoded-Digest: sha-256=:' . $digest . ':', $headers);
        self::assertStringNotContainsString('SECRET', $reply);
        self::assertStringNotContainsString('.php', $reply);
        self::assertStringContainsString('SYNCLINE_JWT_SECRET', $errors);
    }

    public function testADatabaseThatCannotBeOpenedIsAProblemThatTellsNothing(): void
    {
        [$reply, $errors] = $this->serve([
            'SYNCLINE_ENV_FILE' => '/nonexistent',
            'SYNCLINE_JWT_SECRET' => str_repeat('s', 32),
            'SYNCLINE_DSN' => 'sqlite:/nonexistent/secret.sqlite',
            'HTTP_AUTHORIZATION' => 'Bearer a',
            'REQUEST_URI' => '/v1/changes?cursor=',
            'QUERY_STRING' => 'cursor=',
        ]);
        self::assertStringStartsWith('Status: 500', $reply);
        self::assertStringNotContainsString('sqlite', $reply);
        self::assertStringNotContainsString('unable', $reply);
        self::assertStringContainsString('unable to open database file', $errors);
    }

    public function testRegressionAHostWithAnImpossiblePortIsNoFault(): void
    {
        [$reply] = $this->serve([
            'SYNCLINE_ENV_FILE' => '/nonexistent',
            'SYNCLINE_JWT_SECRET' => str_repeat('s', 32),
            'HTTP_HOST' => 'localhost:99999',
        ]);
        self::assertStringContainsString('"service":"syncline"', $reply);
    }

    public function testRegressionAWarningOfPhpBeforeTheFirstLineIsNotShown(): void
    {
        $query = implode('&', array_map(static fn (int $number): string => 'a' . $number, range(1, 1_100)));
        [$reply, $errors] = $this->serve([
            'SYNCLINE_ENV_FILE' => '/nonexistent',
            'SYNCLINE_JWT_SECRET' => str_repeat('s', 32),
            'SYNCLINE_DSN' => 'sqlite::memory:',
            'QUERY_STRING' => $query,
            'REQUEST_URI' => '/v1/meta?' . $query,
        ], ['-d', 'display_errors=1', '-d', 'display_startup_errors=1']);
        self::assertStringStartsWith('Status: 422', $reply);
        self::assertStringNotContainsString('Warning', $reply);
        self::assertStringContainsString('Input variables exceeded', $errors);
    }

    /**
     * @param array<string, string> $environment
     * @param list<string> $options of php-cgi
     * @return array{string, string} what the client sees and what the log sees
     */
    private function serve(array $environment, array $options = []): array
    {
        $script = dirname(__DIR__, 2) . '/public/index.php';
        $streams = [1 => ['pipe', 'w'], 2 => ['pipe', 'w']];
        $process = proc_open(['php-cgi', ...$options], $streams, $pipes, null, $environment + [
            'PATH' => (string) getenv('PATH'),
            'DOCUMENT_ROOT' => dirname($script),
            'REDIRECT_STATUS' => '200',
            'REQUEST_METHOD' => 'GET',
            'REQUEST_URI' => '/v1/meta',
            'SCRIPT_FILENAME' => $script,
            'SCRIPT_NAME' => '/index.php',
            'SERVER_NAME' => 'localhost',
            'SERVER_PORT' => '443',
            'SERVER_PROTOCOL' => 'HTTP/1.1',
        ]);
        self::assertIsResource($process);
        $result = [(string) stream_get_contents($pipes[1]), (string) stream_get_contents($pipes[2])];
        proc_close($process);
        return $result;
    }
}
