<?php

declare(strict_types=1);

namespace Syncline\Tests\Support;

use Syncline\Codec\BatchDecoder;
use Syncline\Codec\BatchEncoder;
use Syncline\Codec\Op;
use Syncline\Codec\Stamp;
use Syncline\Codec\ValueCodec;
use Syncline\Sync\Replica;

/** Makes and reads ops without ceremony. */
final class Ops
{
    public const REPLICA = '0123456789abcdef';
    public const TIME_MS = 1_700_000_000_000;

    public static function replica(): Replica
    {
        return new Replica(self::REPLICA, null);
    }

    public static function op(
        string $slot,
        mixed $value,
        int $millisecond = 0,
        int $counter = 0,
        string $replica = self::REPLICA,
    ): Op {
        [$collection, $record, $field, $element] = explode('/', $slot . '///');
        return new Op(
            Stamp::encode(self::TIME_MS + $millisecond, $counter, $replica),
            $collection,
            $record,
            $field,
            $element,
            ValueCodec::encode($value),
        );
    }

    /** @return list<Op> */
    public static function many(int $count, string $collection = 'meals', int $millisecond = 0, mixed $value = 1): array
    {
        $ops = [];
        for ($index = 0; $index < $count; $index++) {
            $ops[] = self::op(sprintf('%s/%05d/name', $collection, $index), $value, $millisecond);
        }
        return $ops;
    }

    /** @param iterable<Op> $ops */
    public static function batch(iterable $ops): string
    {
        return base64_encode(BatchEncoder::encode($ops));
    }

    /** @return list<Op> */
    public static function read(string $base64): array
    {
        return BatchDecoder::decode((string) base64_decode($base64, true));
    }

    /** @return list<string> the ops as slot=value in JSON, in their order */
    public static function describe(string $base64): array
    {
        return array_map(static fn (Op $op): string => sprintf(
            '%s=%s',
            rtrim(implode('/', [$op->collection, $op->record, $op->field, $op->element]), '/'),
            $op->register === "\0" ? 'tombstone' : json_encode(ValueCodec::decode($op->register)),
        ), self::read($base64));
    }
}
