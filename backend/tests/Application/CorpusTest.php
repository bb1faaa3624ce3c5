<?php

declare(strict_types=1);

namespace Syncline\Tests\Application;

use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;
use Syncline\Codec\BatchEncoder;
use Syncline\Codec\Op;
use Syncline\Codec\Stamp;
use Syncline\Tests\Support\Corpus;
use Syncline\Tests\Support\Device;
use Syncline\Tests\Support\Ops;
use Syncline\Tests\Support\Reply;
use Syncline\Tests\Support\TestApp;

/** Sends the inputs of the engine's fuzz targets, and mutants of requests, to the routes: none of them is a fault. */
final class CorpusTest extends TestCase
{
    private const MUTANTS = 2_000;

    private TestApp $app;
    private Device $device;

    protected function setUp(): void
    {
        $this->app = new TestApp();
        $this->device = $this->app->device();
    }

    /** @return iterable<string, array{string}> */
    public static function batches(): iterable
    {
        foreach (Corpus::of('decode_batch') as $name => $bytes) {
            yield $name => [$bytes];
        }
        foreach (Corpus::of('decode_value') as $name => $bytes) {
            yield 'value: ' . $name => [self::batchOf($bytes)];
        }
    }

    #[DataProvider('batches')]
    public function testABatchIsTakenOrRefused(string $batch): void
    {
        $this->assertNoFault($this->device->sync(self::exchange($batch)));
        $this->device->pull();
    }

    /** @return iterable<string, array{string}> */
    public static function texts(): iterable
    {
        foreach (Corpus::of('value_from_json') as $name => $text) {
            yield $name => [$text];
        }
    }

    #[DataProvider('texts')]
    public function testATextInThePlaceOfAnyPartOfARequestIsTakenOrRefused(string $text): void
    {
        foreach (self::requestsWith($text) as [$path, $body]) {
            $this->assertNoFault($this->app->request('POST', $path, $body, $this->device->authorization()));
        }
        $authorization = ['Authorization' => 'Bearer ' . base64_encode($text)];
        $this->assertNoFault($this->app->request('POST', '/v1/sync', '{}', $authorization));
        $this->assertNoFault($this->device->changes(rawurlencode($text), preg_replace('/[^ -~]/', '', $text) ?? ''));
    }

    public function testAMutantOfABatchIsTakenOrRefused(): void
    {
        $batches = array_column(iterator_to_array(self::batches()), 0);
        foreach (Corpus::mutants($batches, self::MUTANTS) as $batch) {
            $this->assertNoFault($this->device->sync(self::exchange($batch)));
        }
        $this->device->pull();
    }

    public function testAMutantOfARequestIsTakenOrRefused(): void
    {
        $bodies = [];
        foreach (self::batches() as [$batch]) {
            $bodies[] = self::syncBody('"push":{"ops":"' . base64_encode($batch) . '"},"pull":{"cursors":{"*":""}}');
        }
        foreach (self::texts() as [$text]) {
            $bodies[] = self::requestsWith($text)[1][1];
        }
        foreach (Corpus::mutants($bodies, self::MUTANTS) as $body) {
            $this->assertNoFault($this->app->request('POST', '/v1/sync', $body, $this->device->authorization()));
        }
        $this->device->pull();
    }

    private function assertNoFault(Reply $reply): void
    {
        if ($reply->status < 200 || $reply->status > 299) {
            self::assertGreaterThanOrEqual(400, $reply->status, $reply->body);
            self::assertLessThan(500, $reply->status, $reply->body);
            self::assertSame('application/problem+json', $reply->header('Content-Type'));
            self::assertSame($reply->status, $reply->member('status'));
            self::assertNotSame('', $reply->string('code'));
        }
        self::assertFalse($this->app->log->hasErrorRecords());
    }

    /** One op that holds these bytes. */
    private static function batchOf(string $register): string
    {
        return BatchEncoder::encode([
            new Op(Stamp::encode(Ops::TIME_MS, 0, Ops::REPLICA), 'meals', '1', 'name', '', $register),
        ]);
    }

    /** @return array<string, mixed> */
    private static function exchange(string $batch): array
    {
        return ['push' => ['ops' => base64_encode($batch)], 'pull' => ['cursors' => ['*' => '']]];
    }

    private static function syncBody(string $members): string
    {
        return '{"protocol":1,"replica":"' . Ops::REPLICA . '",' . $members . '}';
    }

    /** @return list<array{string, string}> paths and bodies */
    private static function requestsWith(string $text): array
    {
        $digest = str_repeat('0', 32);
        return [
            ['/v1/sync', $text],
            ['/v1/sync', self::syncBody('"push":{"ops":"AQA="},"pull":{"cursors":{"*":' . $text . '},"limit":1}')],
            ['/v1/sync', self::syncBody('"pull":{"cursors":' . $text . '}')],
            ['/v1/sync', self::syncBody('"push":' . $text)],
            ['/v1/sync', self::syncBody('"push":{"ops":' . $text . '}')],
            ['/v1/sync', self::syncBody('"schema":{"name":' . $text . ',"version":1,"digest":"' . $digest . '"}')],
            ['/v1/sync', self::syncBody('"schema":{"name":"n","version":' . $text . ',"digest":"' . $digest . '"}')],
            ['/v1/sync', self::syncBody('"schema":{"name":"n","version":1,"digest":' . $text . '}')],
            ['/v1/sync', '{"protocol":' . $text . ',"replica":' . $text . '}'],
            ['/v1/account/register', '{"email":' . $text . ',"password":"0123456789"}'],
            ['/v1/account/login', '{"email":"ann@example.org","password":' . $text . '}'],
            ['/v1/account/refresh', '{"refresh_token":' . $text . '}'],
            ['/v1/account/logout', '{"refresh_token":' . $text . '}'],
        ];
    }
}
