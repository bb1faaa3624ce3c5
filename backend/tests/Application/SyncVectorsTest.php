<?php

declare(strict_types=1);

namespace Syncline\Tests\Application;

use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;
use stdClass;
use Syncline\Action\SyncRequest;
use Syncline\Codec\BatchDecoder;
use Syncline\Codec\Code;
use Syncline\Codec\Op;
use Syncline\Http\ApiException;
use Syncline\Http\Input;
use Syncline\Sync\Puller;
use Syncline\Sync\PullResult;
use Syncline\Sync\Push;
use Syncline\Sync\Pusher;
use Syncline\Sync\Replica;
use Syncline\Sync\SlotRepository;
use Syncline\Sync\SpaceRepository;
use Syncline\Tests\Support\Ops;
use Syncline\Tests\Support\TestApp;
use Syncline\Tests\Vectors\VectorCase;
use Syncline\Tests\Vectors\VectorFile;

/** Runs the vectors of push and pull against the database. */
final class SyncVectorsTest extends TestCase
{
    private const EPOCH = '00000000000000e1';

    private TestApp $app;
    private string $spaceId;

    protected function setUp(): void
    {
        $this->app = new TestApp();
        $this->spaceId = (string) hex2bin($this->app->register()->string('account'));
    }

    /** @return iterable<string, array{VectorCase}> */
    public static function pushes(): iterable
    {
        return VectorFile::cases('push.json', ['' => [['pushes', 'slots_after'], []]]);
    }

    #[DataProvider('pushes')]
    public function testPush(VectorCase $case): void
    {
        $this->app->connection()->execute('UPDATE spaces SET epoch = ?', [self::EPOCH]);
        foreach ($case->objects('pushes') as $push) {
            self::assertNotNull($push);
            $this->app->clock->nowMs = $push->int64('now');
            self::assertSame($push->has('error') ? $push->text('error') : null, $this->pushFails($push));
        }
        $expected = [];
        foreach ($case->objects('slots_after') as $row) {
            self::assertNotNull($row);
            $expected[] = self::row($row);
        }
        self::assertSame(
            $expected,
            $this->app->connection()->rows('SELECT slot_key, stamp, register, seq FROM slots ORDER BY slot_key'),
        );
    }

    private function pushFails(VectorCase $push): ?string
    {
        try {
            $replica = $push->has('replica') ? new Replica($push->text('replica'), null) : Ops::replica();
            $pusher = $this->app->service(Pusher::class);
            $result = $pusher->push($this->spaceId, $replica, new Push(
                $push->bytes('batch'),
                $push->has('fence') ? $push->number('fence') : 0,
                $push->has('through') ? $push->number('through') : 0,
                $push->has('cursors') ? self::request($push)->cursors : null,
            ));
        } catch (ApiException $failure) {
            self::assertSame(
                $push->has('least_fence') ? ['fence' => $push->number('least_fence')] : [],
                $failure->extensions,
            );
            $space = $this->app->service(SpaceRepository::class)->find($this->spaceId);
            self::assertSame($push->number('head'), $space?->head);
            return $failure->errorCode->value;
        }
        if ($push->has('error')) {
            return null;
        }
        self::assertSame($push->text('verdicts'), $result->verdicts);
        $refused = array_map(
            static fn (int $index, Code $code): array => ['index' => $index, 'code' => $code->value],
            array_keys($result->refused),
            $result->refused,
        );
        self::assertSame($push->get('refused'), $refused);
        self::assertSame($push->number('head'), $result->space->head);
        self::assertSame($push->has('taken') ? $push->number('taken') : 0, $result->taken);
        return null;
    }

    /** @return iterable<string, array{VectorCase}> */
    public static function pulls(): iterable
    {
        return VectorFile::cases('pull.json', [
            '' => [['epoch', 'head', 'request'], ['rows', 'fill', 'expect', 'error']],
        ]);
    }

    #[DataProvider('pulls')]
    public function testPull(VectorCase $case): void
    {
        $this->app->connection()->execute(
            'UPDATE spaces SET epoch = ?, head = ? WHERE id = ?',
            [$case->text('epoch'), $case->number('head'), $this->spaceId],
        );
        $this->app->connection()->write(function () use ($case): void {
            $slots = $this->app->service(SlotRepository::class);
            foreach ($case->has('fill') ? self::fill($case->object('fill')) : self::rows($case) as $sequence => $ops) {
                $slots->store($this->spaceId, $sequence, $ops);
            }
        });
        try {
            $result = $this->pull($case->object('request'));
        } catch (ApiException $failure) {
            self::assertTrue($case->has('error'), $failure->getMessage());
            self::assertSame($case->text('error'), $failure->errorCode->value);
            return;
        }
        self::assertFalse($case->has('error'), 'it was not refused');
        $this->assertPage($case->object('expect'), $result);
    }

    private function pull(VectorCase $request): PullResult
    {
        $sync = self::request($request);
        self::assertNotNull($sync->cursors);
        $pushed = $request->has('pushed') && $request->get('pushed') !== null ? $request->number('pushed') : null;
        return $this->app->service(Puller::class)->pull($this->spaceId, $sync->cursors, $sync->limit, $pushed);
    }

    /** The members of a pull, read as the service reads them. */
    private static function request(VectorCase $case): SyncRequest
    {
        $cursors = new stdClass();
        foreach ((array) $case->get('cursors') as $name => $cursor) {
            $cursors->{$name} = $cursor;
        }
        $pull = new stdClass();
        $pull->cursors = $cursors;
        if ($case->has('limit')) {
            $pull->limit = $case->get('limit');
        }
        $body = new stdClass();
        $body->protocol = 1;
        $body->replica = Ops::REPLICA;
        $body->pull = $pull;
        return SyncRequest::fromInput(Input::fromObject($body));
    }

    private function assertPage(VectorCase $expected, PullResult $result): void
    {
        $ops = BatchDecoder::decode($result->batch);
        if ($expected->has('op_count')) {
            self::assertCount($expected->number('op_count'), $ops);
        } else {
            self::assertEquals($expected->ops('ops'), $ops);
        }
        $cursors = [];
        foreach ($result->cursors as [$name, $cursor]) {
            $cursors[$name] = $cursor->text();
        }
        self::assertSame($expected->get('cursors'), $cursors);
        self::assertSame($expected->number('remaining'), $result->remaining);
    }

    /** @return array<int, array<string, Op>> */
    private static function rows(VectorCase $case): array
    {
        $pushes = [];
        foreach ($case->objects('rows') as $row) {
            self::assertNotNull($row);
            $op = $row->op();
            $pushes[$row->number('sequence')][$op->slotKey()] = $op;
        }
        return $pushes;
    }

    /** @return iterable<int, array<string, Op>> */
    private static function fill(VectorCase $fill): iterable
    {
        $stamp = (string) hex2bin('018bcfe5680000000000000000000001');
        $row = 0;
        for ($push = 1; $push <= $fill->number('pushes'); $push++) {
            $ops = [];
            for ($count = $fill->number('ops_each'); $count > 0; $count--) {
                $op = new Op($stamp, 'c', sprintf('%05d', $row++), 'f', '', "\x01");
                $ops[$op->slotKey()] = $op;
            }
            yield $push => $ops;
        }
    }

    /** @return array{string, string, string, int} */
    private static function row(VectorCase $row): array
    {
        $op = $row->op();
        return [$op->slotKey(), $op->stamp, $op->register, $row->number('sequence')];
    }
}
