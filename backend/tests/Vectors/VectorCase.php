<?php

declare(strict_types=1);

namespace Syncline\Tests\Vectors;

use PHPUnit\Framework\Assert;
use Syncline\Codec\Bytes;
use Syncline\Codec\Members;
use Syncline\Codec\Op;

/** A case, or an object inside one, with the notations of spec/vectors/README.md. */
final readonly class VectorCase
{
    /** @param array<array-key, mixed> $members */
    public function __construct(private array $members)
    {
    }

    public function has(string $name): bool
    {
        return array_key_exists($name, $this->members);
    }

    public function get(string $name): mixed
    {
        Assert::assertArrayHasKey($name, $this->members);
        return $this->members[$name];
    }

    public function text(string $name): string
    {
        $value = $this->get($name);
        Assert::assertIsString($value);
        return $value;
    }

    public function number(string $name): int
    {
        $value = $this->get($name);
        Assert::assertIsInt($value);
        return $value;
    }

    public function int64(string $name): int
    {
        return (int) $this->text($name);
    }

    public function object(string $name): self
    {
        $value = $this->get($name);
        Assert::assertIsArray($value);
        return new self($value);
    }

    /** @return list<self|null> */
    public function objects(string $name): array
    {
        $value = $this->get($name);
        Assert::assertIsArray($value);
        $objects = [];
        foreach ($value as $entry) {
            Assert::assertTrue($entry === null || is_array($entry));
            $objects[] = $entry === null ? null : new self($entry);
        }
        return $objects;
    }

    public function bytes(string $name): string
    {
        return self::bytesOf($this->get($name));
    }

    public function value(string $name): mixed
    {
        return self::typed($this->get($name));
    }

    public function op(): Op
    {
        return new Op(
            (string) hex2bin($this->text('stamp')),
            $this->text('collection'),
            $this->text('record'),
            $this->text('field'),
            (string) hex2bin($this->text('element')),
            $this->bytes('value'),
        );
    }

    /** @return list<Op> */
    public function ops(string $name): array
    {
        return array_map(static function (?self $op): Op {
            Assert::assertNotNull($op);
            return $op->op();
        }, $this->objects($name));
    }

    private static function bytesOf(mixed $notation): string
    {
        if (is_string($notation)) {
            return (string) hex2bin($notation);
        }
        Assert::assertIsArray($notation);
        if (array_is_list($notation)) {
            return implode('', array_map(self::bytesOf(...), $notation));
        }
        Assert::assertIsString($notation['repeat']);
        Assert::assertIsInt($notation['count']);
        return str_repeat((string) hex2bin($notation['repeat']), $notation['count']);
    }

    private static function typed(mixed $notation): mixed
    {
        Assert::assertIsArray($notation);
        $value = new self($notation);
        return match ($value->text('t')) {
            'null' => null,
            'bool' => $value->get('v') === true,
            'int' => $value->int64('v'),
            'double' => self::double($value->text('bits')),
            'string' => (string) hex2bin($value->text('utf8')),
            'bytes' => new Bytes((string) hex2bin($value->text('hex'))),
            'array' => array_map(self::typed(...), array_values((array) $value->get('v'))),
            'object' => new Members(array_map(self::pair(...), array_values((array) $value->get('v')))),
            default => Assert::fail('a type that the runner does not know: ' . $value->text('t')),
        };
    }

    private static function double(string $bits): float
    {
        $parts = (array) unpack('E', (string) hex2bin($bits));
        Assert::assertIsFloat($parts[1]);
        return $parts[1];
    }

    /** @return array{string, mixed} */
    private static function pair(mixed $pair): array
    {
        Assert::assertIsArray($pair);
        Assert::assertIsString($pair[0]);
        return [(string) hex2bin($pair[0]), self::typed($pair[1])];
    }
}
