<?php

declare(strict_types=1);

namespace Syncline\Tests\Unit;

use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;
use Syncline\Codec\BatchDecoder;
use Syncline\Codec\BatchEncoder;
use Syncline\Codec\Code;
use Syncline\Codec\CodecException;
use Syncline\Codec\Op;
use Syncline\Tests\Support\Ops;

final class BatchTest extends TestCase
{
    private const STAMP = '018bcfe56800' . '0000' . '0123456789abcdef';

    /** One op with all its parts: collection c, record r, field f, value null. */
    private const ONE = '0101' . '0f' . self::STAMP . '0163' . '0172' . '0166' . '0101';

    public function testWhatIsSharedWithTheOpBeforeIsLeftOut(): void
    {
        $batch = BatchEncoder::encode([
            Ops::op('c/r/f', null),
            Ops::op('c/r/f/e', null),
            Ops::op('c/s/f', null, 0, 1),
        ]);
        $expected = '0103' . substr(self::ONE, 4) . '10' . '0165' . '0101'
            . '05' . '018bcfe56800' . '0001' . '0123456789abcdef' . '0173' . '0101';
        self::assertSame($expected, bin2hex($batch));
        self::assertSame($batch, BatchEncoder::encode(BatchDecoder::decode($batch)));
    }

    /** @return iterable<string, array{string, Code}> */
    public static function malformed(): iterable
    {
        yield 'empty' => ['', Code::BatchMalformed];
        yield 'another version' => ['0200', Code::BatchMalformed];
        yield 'no count' => ['01', Code::BatchMalformed];
        yield 'fewer ops than counted' => ['0102' . substr(self::ONE, 4), Code::BatchMalformed];
        yield 'bytes left over' => [self::ONE . '00', Code::BatchMalformed];
        yield 'cut' => [substr(self::ONE, 0, -2), Code::BatchMalformed];
        yield 'reserved flag' => ['01012f' . substr(self::ONE, 6), Code::BatchMalformed];
        yield 'first op without a field' => ['010107' . self::STAMP . '016301720101', Code::BatchMalformed];
        yield 'stamp sent again' => ['0102' . substr(self::ONE, 4) . '01' . self::STAMP . '0101', Code::BatchMalformed];
        yield 'record sent again' => ['0102' . substr(self::ONE, 4) . '04' . '0172' . '0101', Code::BatchMalformed];
        yield 'empty element said to be there' => ['0102' . substr(self::ONE, 4) . '10000101', Code::BatchMalformed];
        yield '5,001 ops' => ['018927', Code::BatchTooLarge];
        yield 'a megabyte and a byte' => [str_repeat('01', 1_048_577), Code::BatchTooLarge];
    }

    #[DataProvider('malformed')]
    public function testWhatCannotBeFollowedFailsAsAWhole(string $hex, Code $code): void
    {
        try {
            BatchDecoder::decode((string) hex2bin($hex));
            self::fail('it was decoded');
        } catch (CodecException $failure) {
            self::assertSame($code, $failure->errorCode);
        }
    }

    public function testABadNameIsTheErrorOfEveryOpThatHasIt(): void
    {
        $stamp = (string) hex2bin(self::STAMP);
        $ops = [
            new Op($stamp, '', 'r', 'f', '', "\x01"),
            new Op($stamp, '', 'r', 'g', '', "\x01"),
            new Op($stamp, 'c', 'r', 'g', '', "\x01"),
            new Op($stamp, 'c', str_repeat('r', 129), 'g', '', "\x01"),
            new Op($stamp, 'c', "\xFF", 'g', '', "\x01"),
            new Op($stamp, 'c', 'r', '', 'live', "\x03"),
            new Op($stamp, 'c', 'r', '', '', "\x03"),
            new Op($stamp, 'c', 'r', '', 'other', "\x03"),
            new Op($stamp, 'c', 'r', 'f', '', ''),
        ];
        $errors = array_map(
            static fn (Op $op): ?string => $op->error?->value,
            BatchDecoder::decode(BatchEncoder::encode($ops)),
        );
        self::assertSame([
            'key_malformed', 'key_malformed', null, 'key_too_long', 'key_malformed',
            null, 'key_malformed', 'key_malformed', 'value_malformed',
        ], $errors);
    }

    public function testNoBytesMakeTheDecoderDoAnythingButAnswer(): void
    {
        mt_srand(7);
        $batch = BatchEncoder::encode([...Ops::many(5), Ops::op('c/r/f/e', ['a' => 1, 'b' => [1.5, 'x']])]);
        for ($round = 0; $round < 5_000; $round++) {
            $mutated = $batch;
            for ($change = mt_rand(1, 4); $change > 0; $change--) {
                $mutated[mt_rand(0, strlen($mutated) - 1)] = chr(mt_rand(0, 255));
            }
            try {
                $ops = BatchDecoder::decode($mutated);
                self::assertSame($mutated, BatchEncoder::encode($ops));
            } catch (CodecException $failure) {
                self::assertContains($failure->errorCode, [Code::BatchMalformed, Code::BatchTooLarge]);
            }
        }
    }
}
