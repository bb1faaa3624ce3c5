<?php

declare(strict_types=1);

namespace Syncline\Codec;

/** A stamp is its 16 bytes; strcmp() of two is their order. This reads the parts that the server needs. */
final class Stamp
{
    public const ZERO = "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

    public static function milliseconds(string $stamp): int
    {
        /** @var array{int} $parts */
        $parts = array_values((array) unpack('J', "\0\0" . substr($stamp, 0, 6)));
        return $parts[0];
    }

    public static function counter(string $stamp): int
    {
        return ord($stamp[6]) << 8 | ord($stamp[7]);
    }

    /** The replica id as 16 hexadecimal digits. */
    public static function replica(string $stamp): string
    {
        return bin2hex(substr($stamp, 8));
    }

    /** @param string $replica 16 hexadecimal digits */
    public static function encode(int $milliseconds, int $counter, string $replica): string
    {
        return substr(pack('J', $milliseconds), 2) . pack('n', $counter) . hex2bin($replica);
    }

    /** The first stamp that is too far ahead of the time, as bytes: every greater stamp is too. */
    public static function firstInFuture(int $nowMs): string
    {
        return self::encode($nowMs + Limits::DRIFT_MAX_MS + 1, 0, '0000000000000000');
    }
}
