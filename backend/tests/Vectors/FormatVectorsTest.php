<?php

declare(strict_types=1);

namespace Syncline\Tests\Vectors;

use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;
use Syncline\Codec\BatchDecoder;
use Syncline\Codec\BatchEncoder;
use Syncline\Codec\Code;
use Syncline\Codec\CodecException;
use Syncline\Codec\Limits;
use Syncline\Codec\Op;
use Syncline\Codec\SlotPath;
use Syncline\Codec\Stamp;
use Syncline\Codec\ValueCodec;
use Syncline\Sync\Law;

/** Runs the vectors of the formats and of the law. */
final class FormatVectorsTest extends TestCase
{
    /** The limits that the backend states; those of the others concern the engine alone. */
    private const LIMITS = [
        'collection_bytes_max' => Limits::COLLECTION_BYTES,
        'record_bytes_max' => Limits::RECORD_BYTES,
        'field_bytes_max' => Limits::FIELD_BYTES,
        'element_bytes_max' => Limits::ELEMENT_BYTES,
        'value_bytes_max' => Limits::VALUE_BYTES,
        'value_depth_max' => Limits::VALUE_DEPTH,
        'batch_ops_max' => Limits::BATCH_OPS,
        'batch_bytes_max' => Limits::BATCH_BYTES,
        'batch_name_bytes_max' => Limits::BATCH_NAME_BYTES,
        'stamp_bytes' => Limits::STAMP_BYTES,
        'drift_ms_max' => Limits::DRIFT_MAX_MS,
        'schema_name_bytes_max' => Limits::SCHEMA_NAME_BYTES,
        'schema_version_max' => Limits::SCHEMA_VERSION_MAX,
        'page_ops_default' => Limits::PAGE_OPS_DEFAULT,
        'page_ops_max' => Limits::PAGE_OPS,
        'pull_cursors_max' => Limits::PULL_CURSORS,
        'fence_max' => Limits::FENCE_MAX,
        'through_max' => Limits::THROUGH_MAX,
        'request_body_bytes_max' => Limits::BODY_BYTES,
    ];

    public function testTheLimitsAreThoseOfTheSpecification(): void
    {
        $specified = [];
        foreach (VectorFile::cases('limits.json', ['' => [['limit', 'value'], []]]) as [$case]) {
            $specified[$case->text('limit')] = $case->number('value');
        }
        self::assertSame(self::LIMITS, array_intersect_key($specified, self::LIMITS));
        self::assertSame(
            $specified['slot_key_bytes_max'],
            Limits::COLLECTION_BYTES + Limits::RECORD_BYTES + Limits::FIELD_BYTES + Limits::ELEMENT_BYTES + 3,
        );
    }

    /** @return iterable<string, array{VectorCase}> */
    public static function values(): iterable
    {
        return VectorFile::cases('value.json', [
            'good' => [['encoded'], ['value']],
            'bad' => [['encoded', 'error'], []],
            'order' => [['less', 'greater'], []],
        ]);
    }

    #[DataProvider('values')]
    public function testValue(VectorCase $case): void
    {
        if ($case->text('kind') === 'bad') {
            self::assertFails($case->text('error'), static fn () => ValueCodec::decode($case->bytes('encoded')));
            return;
        }
        if ($case->text('kind') === 'order') {
            self::assertLess(ValueCodec::encode($case->value('less')), ValueCodec::encode($case->value('greater')));
            return;
        }
        $encoded = $case->bytes('encoded');
        $decoded = ValueCodec::decode($encoded);
        self::assertSame(bin2hex($encoded), bin2hex(ValueCodec::encode($decoded)));
        if ($case->has('value')) {
            self::assertSame(bin2hex($encoded), bin2hex(ValueCodec::encode($case->value('value'))));
            self::assertEquals($case->value('value'), $decoded);
        }
    }

    /** @return iterable<string, array{VectorCase}> */
    public static function paths(): iterable
    {
        return VectorFile::cases('slot_key.json', [
            'good' => [['path', 'key'], []],
            'bad' => [['path', 'error'], []],
            'order' => [['less', 'greater'], []],
        ]);
    }

    #[DataProvider('paths')]
    public function testSlotKey(VectorCase $case): void
    {
        if ($case->text('kind') === 'bad') {
            self::assertSame($case->text('error'), SlotPath::error(...self::path($case, 'path'))?->value);
            return;
        }
        if ($case->text('kind') === 'order') {
            self::assertLess(
                SlotPath::key(...self::path($case, 'less')),
                SlotPath::key(...self::path($case, 'greater')),
            );
            return;
        }
        $path = self::path($case, 'path');
        self::assertNull(SlotPath::error(...$path));
        self::assertSame($case->bytes('key'), SlotPath::key(...$path));
        self::assertSame($path, SlotPath::split($case->bytes('key')));
    }

    /** @return iterable<string, array{VectorCase}> */
    public static function stamps(): iterable
    {
        return VectorFile::cases('stamp.json', [
            'good' => [['milliseconds', 'counter', 'replica', 'stamp'], []],
            'order' => [['less', 'greater'], []],
        ]);
    }

    #[DataProvider('stamps')]
    public function testStamp(VectorCase $case): void
    {
        if ($case->text('kind') === 'order') {
            self::assertLess($case->bytes('less'), $case->bytes('greater'));
            return;
        }
        $stamp = $case->bytes('stamp');
        $encoded = Stamp::encode($case->int64('milliseconds'), $case->number('counter'), $case->text('replica'));
        self::assertSame(bin2hex($stamp), bin2hex($encoded));
        self::assertSame($case->int64('milliseconds'), Stamp::milliseconds($stamp));
        self::assertSame($case->number('counter'), Stamp::counter($stamp));
        self::assertSame($case->text('replica'), Stamp::replica($stamp));
    }

    /** @return iterable<string, array{VectorCase}> */
    public static function batches(): iterable
    {
        return VectorFile::cases('batch.json', [
            'good' => [['encoded'], ['ops', 'op_count']],
            'bad' => [['encoded', 'error'], []],
            'op_errors' => [['encoded', 'ops', 'errors'], []],
        ]);
    }

    #[DataProvider('batches')]
    public function testBatch(VectorCase $case): void
    {
        if ($case->text('kind') === 'bad') {
            self::assertFails($case->text('error'), static fn () => BatchDecoder::decode($case->bytes('encoded')));
            return;
        }
        $ops = BatchDecoder::decode($case->bytes('encoded'));
        self::assertSame(bin2hex($case->bytes('encoded')), bin2hex(BatchEncoder::encode($ops)));
        if ($case->text('kind') === 'op_errors') {
            self::assertSame($case->get('errors'), array_map(static fn (Op $op): ?string => $op->error?->value, $ops));
            foreach ($case->objects('ops') as $index => $expected) {
                if ($expected !== null) {
                    self::assertEquals($expected->op(), $ops[$index]);
                }
            }
            return;
        }
        self::assertSame([], array_filter($ops, static fn (Op $op): bool => $op->error !== null));
        if ($case->has('op_count')) {
            self::assertCount($case->number('op_count'), $ops);
            return;
        }
        self::assertEquals($case->ops('ops'), $ops);
        self::assertSame(bin2hex($case->bytes('encoded')), bin2hex(BatchEncoder::encode($case->ops('ops'))));
    }

    /** @return iterable<string, array{VectorCase}> */
    public static function laws(): iterable
    {
        return VectorFile::cases('law.json', [
            'pair' => [['a', 'b', 'winner'], []],
            'history' => [['ops', 'slots'], []],
        ]);
    }

    #[DataProvider('laws')]
    public function testLaw(VectorCase $case): void
    {
        if ($case->text('kind') === 'pair') {
            $a = self::register($case, 'a');
            $b = self::register($case, 'b');
            self::assertSame($case->text('winner'), match (true) {
                self::isGreater($a, $b) => 'a',
                self::isGreater($b, $a) => 'b',
                default => 'equal',
            });
            return;
        }
        $ops = $case->ops('ops');
        $expected = $case->ops('slots');
        foreach ([$ops, array_reverse($ops), [...$ops, ...$ops]] as $delivery) {
            self::assertEquals($expected, self::merge($delivery));
        }
    }

    /**
     * @param list<Op> $ops
     * @return list<Op>
     */
    private static function merge(array $ops): array
    {
        $slots = [];
        foreach ($ops as $op) {
            $held = $slots[$op->slotKey()] ?? null;
            if ($held === null || Law::isGreater($op->stamp, $op->register, $held->stamp, $held->register)) {
                $slots[$op->slotKey()] = $op;
            }
        }
        ksort($slots, SORT_STRING);
        return array_values($slots);
    }

    /** @return array{string, string}|null stamp and register */
    private static function register(VectorCase $case, string $name): ?array
    {
        return $case->get($name) === null
            ? null
            : [$case->object($name)->bytes('stamp'), $case->object($name)->bytes('value')];
    }

    /**
     * @param array{string, string}|null $a
     * @param array{string, string}|null $b
     */
    private static function isGreater(?array $a, ?array $b): bool
    {
        return $a !== null && ($b === null || Law::isGreater($a[0], $a[1], $b[0], $b[1]));
    }

    /** @return array{string, string, string, string} */
    private static function path(VectorCase $case, string $name): array
    {
        $path = $case->object($name);
        return [$path->bytes('collection'), $path->bytes('record'), $path->bytes('field'), $path->bytes('element')];
    }

    private static function assertLess(string $less, string $greater): void
    {
        self::assertLessThan(0, strcmp($less, $greater));
    }

    /** @param callable(): mixed $work */
    private static function assertFails(string $code, callable $work): void
    {
        try {
            $work();
            self::fail('it did not fail');
        } catch (CodecException $failure) {
            self::assertSame(Code::from($code), $failure->errorCode);
        }
    }
}
