<?php

declare(strict_types=1);

namespace Syncline\Codec;

use InvalidArgumentException;

/**
 * The canonical value encoding. In PHP a value is null, a bool, an int, a float, a string, Bytes, a list or Members.
 */
final class ValueCodec
{
    private const NULL = 0x01;
    private const FALSE = 0x02;
    private const TRUE = 0x03;
    private const INTEGER = 0x04;
    private const DOUBLE = 0x05;
    private const STRING = 0x06;
    private const BYTES = 0x07;
    private const LIST = 0x08;
    private const MEMBERS = 0x09;

    /** The error of a register value, or null when it is a tombstone or a canonical value within the limits. */
    public static function registerError(string $register): ?Code
    {
        if ($register === "\x00") {
            return null;
        }
        try {
            self::decode($register);
            return null;
        } catch (CodecException $failure) {
            return $failure->errorCode;
        }
    }

    public static function decode(string $bytes): mixed
    {
        if (strlen($bytes) > Limits::VALUE_BYTES) {
            throw new CodecException(Code::ValueTooLarge);
        }
        $reader = new ByteReader($bytes, Code::ValueMalformed);
        $value = self::read($reader, 0);
        $reader->end();
        return $value;
    }

    private static function read(ByteReader $reader, int $depth): mixed
    {
        return match ($reader->byte()) {
            self::NULL => null,
            self::FALSE => false,
            self::TRUE => true,
            self::INTEGER => self::integer($reader->take(8)),
            self::DOUBLE => self::double($reader->take(8)),
            self::STRING => self::text($reader),
            self::BYTES => new Bytes($reader->take($reader->varint())),
            self::LIST => self::items($reader, $depth + 1),
            self::MEMBERS => self::members($reader, $depth + 1),
            default => throw new CodecException(Code::ValueMalformed),
        };
    }

    private static function integer(string $eight): int
    {
        /** @var array{int} $parts */
        $parts = array_values((array) unpack('J', $eight));
        return $parts[0] ^ PHP_INT_MIN;
    }

    private static function double(string $eight): float
    {
        // The top bit was inverted in both cases; a clear one says that all the other bits were inverted too.
        $bits = ord($eight[0]) >= 0x80 ? $eight ^ "\x80\0\0\0\0\0\0\0" : ~$eight;
        /** @var array{float} $parts */
        $parts = array_values((array) unpack('E', $bits));
        if (!is_finite($parts[0])) {
            throw new CodecException(Code::ValueNotFinite);
        }
        return $parts[0];
    }

    private static function text(ByteReader $reader): string
    {
        $text = $reader->take($reader->varint());
        if (preg_match('//u', $text) !== 1) {
            throw new CodecException(Code::StringNotUtf8);
        }
        return $text;
    }

    /** @return list<mixed> */
    private static function items(ByteReader $reader, int $depth): array
    {
        $count = self::count($reader, $depth, 1);
        $items = [];
        for ($index = 0; $index < $count; $index++) {
            $items[] = self::read($reader, $depth);
        }
        return $items;
    }

    private static function members(ByteReader $reader, int $depth): Members
    {
        $count = self::count($reader, $depth, 2);
        $pairs = [];
        $previous = null;
        for ($index = 0; $index < $count; $index++) {
            $key = self::text($reader);
            if ($previous !== null && strcmp($key, $previous) <= 0) {
                throw new CodecException(Code::ValueMalformed);
            }
            $previous = $key;
            $pairs[] = [$key, self::read($reader, $depth)];
        }
        return new Members($pairs);
    }

    /** A count is believed only as far as the bytes that follow could hold it. */
    private static function count(ByteReader $reader, int $depth, int $bytesEach): int
    {
        if ($depth > Limits::VALUE_DEPTH) {
            throw new CodecException(Code::ValueTooDeep);
        }
        $count = $reader->varint();
        if ($count * $bytesEach > $reader->remaining()) {
            throw new CodecException(Code::ValueMalformed);
        }
        return $count;
    }

    public static function encode(mixed $value): string
    {
        $bytes = self::write($value, 0);
        if (strlen($bytes) > Limits::VALUE_BYTES) {
            throw new CodecException(Code::ValueTooLarge);
        }
        return $bytes;
    }

    private static function write(mixed $value, int $depth): string
    {
        return match (true) {
            $value === null => chr(self::NULL),
            $value === false => chr(self::FALSE),
            $value === true => chr(self::TRUE),
            is_int($value) => chr(self::INTEGER) . pack('J', $value ^ PHP_INT_MIN),
            is_float($value) => self::writeDouble($value),
            is_string($value) => chr(self::STRING) . self::writeText($value),
            $value instanceof Bytes => chr(self::BYTES)
                . ByteReader::encodeVarint(strlen($value->bytes)) . $value->bytes,
            is_array($value) => self::writeItems(array_values($value), $depth + 1),
            $value instanceof Members => self::writeMembers($value, $depth + 1),
            default => throw new InvalidArgumentException('not a value: ' . get_debug_type($value)),
        };
    }

    private static function writeDouble(float $value): string
    {
        if (!is_finite($value)) {
            throw new CodecException(Code::ValueNotFinite);
        }
        $bits = pack('E', $value);
        $ordered = ord($bits[0]) >= 0x80 ? ~$bits : $bits ^ "\x80\0\0\0\0\0\0\0";
        return chr(self::DOUBLE) . $ordered;
    }

    private static function writeText(string $text): string
    {
        if (preg_match('//u', $text) !== 1) {
            throw new CodecException(Code::StringNotUtf8);
        }
        return ByteReader::encodeVarint(strlen($text)) . $text;
    }

    /** @param list<mixed> $items */
    private static function writeItems(array $items, int $depth): string
    {
        $bytes = self::writeCount(self::LIST, count($items), $depth);
        foreach ($items as $item) {
            $bytes .= self::write($item, $depth);
        }
        return $bytes;
    }

    private static function writeMembers(Members $members, int $depth): string
    {
        $pairs = $members->pairs;
        usort($pairs, static fn (array $a, array $b): int => strcmp($a[0], $b[0]));
        $bytes = self::writeCount(self::MEMBERS, count($pairs), $depth);
        $previous = null;
        foreach ($pairs as [$key, $value]) {
            if ($key === $previous) {
                throw new CodecException(Code::ValueMalformed);
            }
            $previous = $key;
            $bytes .= self::writeText($key) . self::write($value, $depth);
        }
        return $bytes;
    }

    private static function writeCount(int $tag, int $count, int $depth): string
    {
        if ($depth > Limits::VALUE_DEPTH) {
            throw new CodecException(Code::ValueTooDeep);
        }
        return chr($tag) . ByteReader::encodeVarint($count);
    }
}
