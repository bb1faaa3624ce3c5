<?php

declare(strict_types=1);

namespace Syncline\Tests\Vectors;

use PHPUnit\Framework\TestCase;
use stdClass;
use Syncline\Account\AccessTokens;
use Syncline\Codec\BatchDecoder;
use Syncline\Codec\BatchEncoder;
use Syncline\Codec\Code;
use Syncline\Codec\CodecException;
use Syncline\Codec\ValueCodec;
use Syncline\Http\ApiException;
use Syncline\Http\StrictJson;
use Syncline\Sync\Cursor;
use Syncline\Tests\Support\Corpus;
use Syncline\Tests\Support\FakeClock;
use Syncline\Tests\Support\Ops;
use Syncline\Tests\Support\TestApp;

/** Gives every decoder the inputs of the engine's fuzz targets, and mutants of them: it decodes or refuses. */
final class MutationTest extends TestCase
{
    private const MUTANTS = 10_000;

    public function testABatchIsRefusedOrEncodesToItself(): void
    {
        $decoded = 0;
        foreach (self::inputs(Corpus::of('decode_batch')) as $bytes) {
            try {
                $ops = BatchDecoder::decode($bytes);
            } catch (CodecException) {
                continue;
            }
            $decoded++;
            self::assertSame(bin2hex($bytes), bin2hex(BatchEncoder::encode($ops)));
            foreach ($ops as $op) {
                self::assertNull($op->error === null ? ValueCodec::registerError($op->register) : null);
            }
        }
        self::assertGreaterThan(100, $decoded);
    }

    public function testAValueIsRefusedOrEncodesToItself(): void
    {
        $decoded = 0;
        foreach (self::inputs(Corpus::of('decode_value')) as $bytes) {
            try {
                $value = ValueCodec::decode($bytes);
            } catch (CodecException) {
                continue;
            }
            $decoded++;
            self::assertSame(bin2hex($bytes), bin2hex(ValueCodec::encode($value)));
        }
        self::assertGreaterThan(100, $decoded);
    }

    public function testABodyIsRefusedOrAnObject(): void
    {
        $members = [];
        foreach (Corpus::of('value_from_json') as $json) {
            array_push($members, '{"a":' . $json . '}', '{"a":"' . bin2hex($json) . '","b":{"c":[1,2],"d":""}}');
        }
        $decoded = 0;
        foreach (self::inputs([...Corpus::of('value_from_json'), ...$members]) as $text) {
            try {
                $object = StrictJson::object($text);
            } catch (ApiException $failure) {
                self::assertSame(Code::JsonMalformed, $failure->errorCode);
                continue;
            }
            $decoded++;
            self::assertSame(self::namesIn($text), self::membersOf($object), $text);
        }
        self::assertGreaterThan(100, $decoded);
    }

    public function testACursorIsRefusedOrItsOwnText(): void
    {
        $cursors = ['', '0123456789abcdef.0', '0123456789abcdef.999999999999999999', 'ffffffffffffffff.12'];
        $decoded = 0;
        foreach (self::inputs($cursors) as $text) {
            try {
                $cursor = Cursor::parse($text, '/pull/cursors/*');
            } catch (ApiException $failure) {
                self::assertSame(Code::CursorMalformed, $failure->errorCode);
                continue;
            }
            $decoded++;
            self::assertSame($text, $text === '' ? '' : $cursor->text());
        }
        self::assertGreaterThan(100, $decoded);
    }

    public function testAnAccessTokenIsRefusedOrOfTheAccountThatItWasIssuedTo(): void
    {
        $tokens = new AccessTokens(TestApp::SECRET, new FakeClock(Ops::TIME_MS));
        $issued = $tokens->issue("\0\0\0\0\0\0\0\1");
        $parts = explode('.', $issued);
        $headers = ['{"alg":"none"}', '{"alg":["HS256"]}', '{"alg":"HS256","kid":{}}', '{"alg":"HS256","typ":1}', '1'];
        $inputs = [$issued, $parts[0], '..', $parts[0] . '.' . $parts[1] . '.'];
        foreach ($headers as $header) {
            $inputs[] = self::base64Url($header) . '.' . $parts[1] . '.' . $parts[2];
        }
        foreach (Corpus::of('value_from_json') as $json) {
            $inputs[] = $parts[0] . '.' . self::base64Url($json) . '.' . $parts[2];
            $inputs[] = self::signed($json);
            $inputs[] = self::signed('{"iss":"syncline","sub":"1","iat":' . $json . ',"exp":' . $json . '}');
            $inputs[] = self::signed('{"iss":' . $json . ',"sub":' . $json . ',"nbf":' . $json . ',"exp":1e300}');
        }
        foreach (self::inputs($inputs) as $text) {
            try {
                $account = $tokens->account($text);
            } catch (ApiException $failure) {
                self::assertContains($failure->errorCode, [Code::TokenInvalid, Code::TokenExpired]);
                continue;
            }
            self::assertSame("\0\0\0\0\0\0\0\1", $account);
        }
        self::assertSame("\0\0\0\0\0\0\0\1", $tokens->account($issued));
    }

    /** How many names of members there are in a text that is JSON: what stands before a colon. */
    private static function namesIn(string $text): int
    {
        preg_match_all('/"(?:[^"\\\\]++|\\\\.)*+"(\s*+:)?/s', $text, $matches);
        return count(array_filter($matches[1], static fn (string $colon): bool => $colon !== ''));
    }

    private static function membersOf(mixed $value): int
    {
        if (!is_array($value) && !$value instanceof stdClass) {
            return 0;
        }
        $members = (array) $value;
        $own = $value instanceof stdClass ? count($members) : 0;
        return $own + array_sum(array_map(self::membersOf(...), $members));
    }

    /** A token of the server's own key with other claims, as an older or newer version may have issued it. */
    private static function signed(string $claims): string
    {
        $text = self::base64Url('{"typ":"JWT","alg":"HS256"}') . '.' . self::base64Url($claims);
        return $text . '.' . self::base64Url(hash_hmac('sha256', $text, TestApp::SECRET, true));
    }

    private static function base64Url(string $bytes): string
    {
        return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
    }

    /**
     * @param array<array-key, string> $inputs
     * @return iterable<string>
     */
    private static function inputs(array $inputs): iterable
    {
        yield from $inputs;
        yield from Corpus::mutants($inputs, self::MUTANTS);
    }
}
