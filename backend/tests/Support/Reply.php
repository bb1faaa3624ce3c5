<?php

declare(strict_types=1);

namespace Syncline\Tests\Support;

use PHPUnit\Framework\Assert;

/** A reply, as a test wants to ask about it. */
final readonly class Reply
{
    /** @param array<string, list<string>> $headers by name in lower case */
    public function __construct(public int $status, public array $headers, public string $body)
    {
    }

    public function header(string $name): string
    {
        return implode(', ', $this->headers[strtolower($name)] ?? []);
    }

    public function text(): string
    {
        return $this->header('Content-Encoding') === 'gzip' ? (string) gzdecode($this->body) : $this->body;
    }

    /** The digest is of what was compressed, and there whenever there is a body. */
    public function assertDigest(): void
    {
        $digest = base64_encode(hash('sha256', $this->text(), true));
        $expected = $this->body === '' ? '' : 'sha-256=:' . $digest . ':';
        Assert::assertSame($expected, $this->header('Unencoded-Digest'));
    }

    /** @return array<array-key, mixed> */
    public function json(): array
    {
        $json = json_decode($this->text(), true);
        Assert::assertIsArray($json, 'not JSON: ' . substr($this->text(), 0, 500));
        return $json;
    }

    /** A member, by the names that lead to it. */
    public function member(string ...$path): mixed
    {
        $value = $this->json();
        foreach ($path as $name) {
            Assert::assertIsArray($value);
            Assert::assertArrayHasKey($name, $value, $this->text());
            $value = $value[$name];
        }
        return $value;
    }

    public function string(string ...$path): string
    {
        $value = $this->member(...$path);
        Assert::assertIsString($value);
        return $value;
    }

    public function assertProblem(int $status, string $code, ?string $pointer = null): void
    {
        Assert::assertSame($status, $this->status, $this->text());
        Assert::assertSame('application/problem+json', $this->header('Content-Type'));
        $this->assertDigest();
        $json = $this->json();
        Assert::assertSame($code, $json['code'] ?? null, $this->text());
        Assert::assertSame($status, $json['status'] ?? null);
        Assert::assertSame($this->header('X-Request-Id'), $json['request_id'] ?? null);
        Assert::assertSame($pointer, $json['pointer'] ?? null, $this->text());
    }
}
