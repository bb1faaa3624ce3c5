<?php

declare(strict_types=1);

namespace Syncline\Tests\Application;

use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;
use Syncline\Tests\Support\Device;
use Syncline\Tests\Support\Ops;
use Syncline\Tests\Support\TestApp;

final class StrictnessTest extends TestCase
{
    private TestApp $app;
    private Device $device;

    protected function setUp(): void
    {
        $this->app = new TestApp();
        $this->device = $this->app->device();
    }

    /** @return iterable<string, array{array<string, mixed>, string, ?string}> */
    public static function refusedSyncs(): iterable
    {
        $schema = ['name' => 'health', 'version' => 1, 'digest' => str_repeat('0f', 16)];
        $pull = ['cursors' => ['*' => '']];
        yield 'unknown member' => [['extra' => 1], 'unknown_member', '/extra'];
        yield 'escaped name' => [['a/b~c' => 1], 'unknown_member', '/a~1b~0c'];
        yield 'unknown in push' => [['push' => ['ops' => 'AQA=', 'x' => 1]], 'unknown_member', '/push/x'];
        yield 'unknown in pull' => [['pull' => $pull + ['x' => null]], 'unknown_member', '/pull/x'];
        yield 'unknown in schema' => [['schema' => $schema + ['x' => 1]], 'unknown_member', '/schema/x'];
        yield 'protocol 2' => [['protocol' => 2, 'new' => 1], 'protocol_unsupported', '/protocol'];
        yield 'protocol of a wrong type' => [['protocol' => '1'], 'validation_failed', '/protocol'];
        yield 'replica null' => [['replica' => null], 'validation_failed', '/replica'];
        yield 'replica upper case' => [['replica' => '0123456789ABCDEF'], 'validation_failed', '/replica'];
        yield 'replica zero' => [['replica' => str_repeat('0', 16)], 'validation_failed', '/replica'];
        yield 'replica with a line end' => [['replica' => "0123456789abcdef\n"], 'validation_failed', '/replica'];
        yield 'push null' => [['push' => null], 'validation_failed', '/push'];
        yield 'push a list' => [['push' => [1]], 'validation_failed', '/push'];
        yield 'ops missing' => [['push' => (object) []], 'validation_failed', '/push/ops'];
        yield 'ops not base64' => [['push' => ['ops' => '*']], 'validation_failed', '/push/ops'];
        yield 'ops without padding' => [['push' => ['ops' => 'AQA']], 'validation_failed', '/push/ops'];
        yield 'ops with white space' => [['push' => ['ops' => 'AQ A=']], 'validation_failed', '/push/ops'];
        yield 'ops empty' => [['push' => ['ops' => '']], 'batch_malformed', '/push/ops'];
        yield 'ops with more after it' => [['push' => ['ops' => 'AQAA']], 'batch_malformed', '/push/ops'];
        yield 'cursors missing' => [['pull' => ['limit' => 1]], 'validation_failed', '/pull/cursors'];
        yield 'cursors a list' => [['pull' => ['cursors' => ['']]], 'validation_failed', '/pull/cursors'];
        yield 'regression: 257 cursors' => [
            ['pull' => ['cursors' => array_fill_keys(array_map(strval(...), range(1_000, 1_256)), '')]],
            'validation_failed', '/pull/cursors',
        ];
        yield 'limit 0' => [['pull' => $pull + ['limit' => 0]], 'validation_failed', '/pull/limit'];
        yield 'limit 5001' => [['pull' => $pull + ['limit' => 5001]], 'validation_failed', '/pull/limit'];
        yield 'limit a text' => [['pull' => $pull + ['limit' => '5']], 'validation_failed', '/pull/limit'];
        yield 'limit true' => [['pull' => $pull + ['limit' => true]], 'validation_failed', '/pull/limit'];
        yield 'cursor a number' => [['pull' => ['cursors' => ['*' => 1]]], 'validation_failed', '/pull/cursors/*'];
        yield 'cursor malformed' => [['pull' => ['cursors' => ['a' => '1']]], 'cursor_malformed', '/pull/cursors/a'];
        yield 'cursor with a zero in front' => [
            ['pull' => ['cursors' => ['*' => '0123456789abcdef.01']]], 'cursor_malformed', '/pull/cursors/*',
        ];
        yield 'cursor of an impossible name' => [
            ['pull' => ['cursors' => [str_repeat('c', 65) => '']]], 'validation_failed',
            '/pull/cursors/' . str_repeat('c', 65),
        ];
        yield 'schema version 0' => [['schema' => ['version' => 0] + $schema], 'validation_failed', '/schema/version'];
        yield 'schema version 2^31' => [
            ['schema' => ['version' => 2_147_483_648] + $schema], 'validation_failed', '/schema/version',
        ];
        yield 'schema digest short' => [
            ['schema' => ['digest' => '0f'] + $schema], 'validation_failed', '/schema/digest',
        ];
        yield 'schema name empty' => [['schema' => ['name' => ''] + $schema], 'validation_failed', '/schema/name'];
    }

    /** @param array<string, mixed> $members */
    #[DataProvider('refusedSyncs')]
    public function testASyncThatIsNotOfTheContractIsRefusedWithThePlace(
        array $members,
        string $code,
        ?string $pointer,
    ): void {
        $this->device->sync($members)->assertProblem(422, $code, $pointer);
    }

    /** @return iterable<string, array{string, int, string, ?string}> */
    public static function refusedBodies(): iterable
    {
        yield 'nothing' => ['', 400, 'json_malformed', null];
        yield 'cut' => ['{"email":"a@example.org"', 400, 'json_malformed', null];
        yield 'a list' => ['[]', 400, 'json_malformed', null];
        yield 'more after it' => ['{} {}', 400, 'json_malformed', null];
        yield 'a trailing comma' => ['{"email":"a@example.org",}', 400, 'json_malformed', null];
        yield 'not UTF-8' => ["{\"email\":\"\xFF\"}", 400, 'json_malformed', null];
        yield 'too deep' => [str_repeat('{"a":', 40) . '1' . str_repeat('}', 40), 400, 'json_malformed', null];
        yield 'a member twice' => [
            '{"email":"a@example.org","password":"0123456789","email":"b@example.org"}', 400, 'json_malformed', null,
        ];
        yield 'a member twice, one escaped' => [
            '{"email":"a@example.org","password":"0123456789","\u0065mail":"b@example.org"}',
            400,
            'json_malformed',
            null,
        ];
        yield 'email missing' => ['{"password":"0123456789"}', 422, 'validation_failed', '/email'];
        yield 'email not one' => ['{"email":"a","password":"0123456789"}', 422, 'validation_failed', '/email'];
        yield 'email a number' => ['{"email":1,"password":"0123456789"}', 422, 'validation_failed', '/email'];
        yield 'password short' => [
            '{"email":"a@example.org","password":"012345678"}', 422, 'validation_failed', '/password',
        ];
        yield 'password long' => [
            '{"email":"a@example.org","password":"' . str_repeat('p', 257) . '"}',
            422,
            'validation_failed',
            '/password',
        ];
        yield 'unknown member' => [
            '{"email":"a@example.org","password":"0123456789","name":"A"}', 422, 'unknown_member', '/name',
        ];
        yield 'the member with an empty name' => ['{"":1}', 422, 'unknown_member', '/'];
    }

    #[DataProvider('refusedBodies')]
    public function testABodyThatIsNotOfTheContractIsRefused(
        string $body,
        int $status,
        string $code,
        ?string $pointer,
    ): void {
        $this->app->request('POST', '/v1/account/register', $body)->assertProblem($status, $code, $pointer);
    }

    public function testAStringMayLookLikeStructure(): void
    {
        $body = '{"email":"{\"a\":1,\"a\":2}@example.org","password":"\"a\":1,\"a\":2,{["}';
        self::assertSame(201, $this->app->request('POST', '/v1/account/register', $body)->status);
    }

    public function testUnknownParametersAreNamed(): void
    {
        $reply = $this->app->request('GET', '/v1/meta?verbose=1');
        $reply->assertProblem(422, 'unknown_member');
        self::assertStringContainsString('verbose', $reply->string('detail'));
        $this->app->request('POST', '/v1/account/login?x=1', [])->assertProblem(422, 'unknown_member');
        $this->app->request('GET', '/v1/changes?cursor=&since=1', null, $this->device->authorization())
            ->assertProblem(422, 'unknown_member');
    }

    public function testChangesWantsACursor(): void
    {
        $this->app->request('GET', '/v1/changes', null, $this->device->authorization())
            ->assertProblem(422, 'validation_failed');
        $this->app->request('GET', '/v1/changes?cursor[]=1', null, $this->device->authorization())
            ->assertProblem(422, 'validation_failed');
        $this->device->changes('x')->assertProblem(422, 'cursor_malformed');
    }

    public function testABodyThatIsNotJsonIs415(): void
    {
        foreach (['text/plain', 'application/x-www-form-urlencoded', ''] as $type) {
            $this->app->request('POST', '/v1/account/login', '{}', ['Content-Type' => $type])
                ->assertProblem(415, 'unsupported_media_type');
        }
        $this->app->request('POST', '/v1/account/login', '{}', ['Content-Type' => 'Application/JSON; charset=utf-8'])
            ->assertProblem(422, 'validation_failed', '/email');
    }

    public function testABodyOverTheLimitIs413WhetherOrNotItSaysSo(): void
    {
        $body = '{"email":"' . str_repeat('a', 131_072) . '"}';
        $this->app->request('POST', '/v1/account/login', $body)->assertProblem(413, 'body_too_large');
        $this->app->request('POST', '/v1/account/login', '{}', ['Content-Length' => '131073'])
            ->assertProblem(413, 'body_too_large');
        $exact = '{"email":"' . str_repeat('a', 131_072 - 12) . '"}';
        self::assertSame(131_072, strlen($exact));
        $this->app->request('POST', '/v1/account/login', $exact)->assertProblem(422, 'validation_failed', '/email');
    }

    public function testPathsAndMethodsThatDoNotExistAreProblems(): void
    {
        $this->app->request('GET', '/')->assertProblem(404, 'not_found');
        $this->app->request('GET', '/v2/meta')->assertProblem(404, 'not_found');
        $reply = $this->app->request('PUT', '/v1/sync', []);
        $reply->assertProblem(405, 'method_not_allowed');
        self::assertSame('POST', $reply->header('Allow'));
    }

    public function testAReplyOfMoreThanOneKibibyteIsCompressedForWhoAcceptsIt(): void
    {
        $this->device->push(Ops::many(500));
        $body = ['protocol' => 1, 'replica' => Ops::REPLICA, 'pull' => ['cursors' => ['*' => '']]];
        $get = fn (string $accept) => $this->app->request(
            'POST',
            '/v1/sync',
            $body,
            $this->device->authorization() + ['Accept-Encoding' => $accept],
        );
        $plain = $get('identity');
        self::assertSame('', $plain->header('Content-Encoding'));
        self::assertSame('Accept-Encoding', $plain->header('Vary'));
        foreach (['gzip', 'br, gzip;q=0.5', '*'] as $accept) {
            $compressed = $get($accept);
            self::assertSame('gzip', $compressed->header('Content-Encoding'), $accept);
            self::assertSame($plain->member('pull'), $compressed->member('pull'));
            self::assertLessThan(strlen($plain->body), strlen($compressed->body));
        }
        self::assertSame('', $get('gzip;q=0, *')->header('Content-Encoding'));
        self::assertSame('', $this->app->request('GET', '/v1/meta', null, ['Accept-Encoding' => 'gzip'])
            ->header('Content-Encoding'));
    }

    public function testMetaTellsTheLimits(): void
    {
        $meta = $this->app->request('GET', '/v1/meta')->json();
        self::assertSame(['min' => 1, 'max' => 1], $meta['protocol']);
        self::assertSame(['body_bytes' => 131_072, 'batch_ops' => 5000, 'page_ops' => 5000], $meta['limits']);
        self::assertSame($this->app->clock->nowMs, $meta['time']);
    }
}
