<?php

declare(strict_types=1);

namespace Syncline\Tests\Unit;

use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;
use Syncline\Codec\Bytes;
use Syncline\Codec\Code;
use Syncline\Codec\CodecException;
use Syncline\Codec\Members;
use Syncline\Codec\ValueCodec;

final class ValueCodecTest extends TestCase
{
    /** @return iterable<string, array{string, mixed}> */
    public static function values(): iterable
    {
        yield 'null' => ['01', null];
        yield 'false' => ['02', false];
        yield 'true' => ['03', true];
        yield 'zero' => ['048000000000000000', 0];
        yield 'least int64' => ['040000000000000000', PHP_INT_MIN];
        yield 'greatest int64' => ['04ffffffffffffffff', PHP_INT_MAX];
        yield 'one' => ['05bff0000000000000', 1.0];
        yield 'minus one' => ['05400fffffffffffff', -1.0];
        yield 'zero as a double' => ['058000000000000000', 0.0];
        yield 'minus zero' => ['057fffffffffffffff', -0.0];
        yield 'string' => ['0602c3a9', 'é'];
        yield 'bytes' => ['0702c3ff', new Bytes("\xC3\xFF")];
        yield 'empty array' => ['0800', []];
        yield 'array' => ['08020102', [null, false]];
        yield 'empty object' => ['0900', new Members([])];
        yield 'object' => ['09020001013103', new Members([['', null], ['1', true]])];
    }

    #[DataProvider('values')]
    public function testAValueHasOneEncoding(string $hex, mixed $value): void
    {
        self::assertSame($hex, bin2hex(ValueCodec::encode($value)));
        $decoded = ValueCodec::decode((string) hex2bin($hex));
        self::assertEquals($value, $decoded);
        self::assertSame($hex, bin2hex(ValueCodec::encode($decoded)));
    }

    /** @return iterable<string, array{string, Code}> */
    public static function refused(): iterable
    {
        yield 'empty' => ['', Code::ValueMalformed];
        yield 'unknown tag' => ['0a', Code::ValueMalformed];
        yield 'tombstone inside' => ['080100', Code::ValueMalformed];
        yield 'bytes left over' => ['0101', Code::ValueMalformed];
        yield 'cut integer' => ['0480', Code::ValueMalformed];
        yield 'cut string' => ['060261', Code::ValueMalformed];
        yield 'long varint' => ['06810061', Code::ValueMalformed];
        yield 'varint of six bytes' => ['06808080808001', Code::ValueMalformed];
        yield 'varint of 2^32' => ['068080808010', Code::ValueMalformed];
        yield 'count past the end' => ['08ffffffff0f', Code::ValueMalformed];
        yield 'keys out of order' => ['0902016201016101', Code::ValueMalformed];
        yield 'a key twice' => ['0902016101016101', Code::ValueMalformed];
        yield 'infinity' => ['05fff0000000000000', Code::ValueNotFinite];
        yield 'minus infinity' => ['05000fffffffffffff', Code::ValueNotFinite];
        yield 'not a number' => ['05fff8000000000000', Code::ValueNotFinite];
        yield 'surrogate' => ['0603eda080', Code::StringNotUtf8];
        yield 'overlong' => ['0602c080', Code::StringNotUtf8];
        yield 'beyond U+10FFFF' => ['0604f4908080', Code::StringNotUtf8];
        yield 'key not UTF-8' => ['090101ff01', Code::StringNotUtf8];
        yield 'seventeen deep' => [str_repeat('0801', 16) . '0800', Code::ValueTooDeep];
        yield 'a byte too long' => ['07fdff03' . str_repeat('00', 65_533), Code::ValueTooLarge];
    }

    #[DataProvider('refused')]
    public function testWhatIsNotCanonicalIsRefused(string $hex, Code $code): void
    {
        self::assertSame($code, ValueCodec::registerError((string) hex2bin($hex)));
    }

    public function testTheLimitsThemselvesAreAllowed(): void
    {
        self::assertNull(ValueCodec::registerError((string) hex2bin(str_repeat('0801', 15) . '0800')));
        self::assertNull(ValueCodec::registerError((string) hex2bin('07fcff03' . str_repeat('00', 65_532))));
        self::assertNull(ValueCodec::registerError("\0"));
        self::assertSame(Code::ValueMalformed, ValueCodec::registerError("\0\0"));
    }

    public function testEncodingRefusesWhatDecodingWould(): void
    {
        $deep = [];
        for ($depth = 0; $depth < 16; $depth++) {
            $deep = [$deep];
        }
        $values = [
            [Code::ValueTooDeep, $deep],
            [Code::ValueNotFinite, NAN],
            [Code::ValueTooLarge, str_repeat('a', 65_536)],
            [Code::StringNotUtf8, "\xFF"],
            [Code::ValueMalformed, new Members([['a', 1], ['a', 2]])],
        ];
        foreach ($values as [$code, $value]) {
            try {
                ValueCodec::encode($value);
                self::fail('it was encoded');
            } catch (CodecException $failure) {
                self::assertSame($code, $failure->errorCode);
            }
        }
    }
}
