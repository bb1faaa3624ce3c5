<?php

declare(strict_types=1);

namespace Syncline\Tests\Application;

use PHPUnit\Framework\TestCase;
use Syncline\Codec\Op;
use Syncline\Tests\Support\Device;
use Syncline\Tests\Support\Ops;
use Syncline\Tests\Support\Reply;
use Syncline\Tests\Support\TestApp;

/** Pushes that have not seen what they replace, and what of a replica had been taken. */
final class UnseenTest extends TestCase
{
    private const BOB = 'b0b0b0b0b0b0b0b0';

    private TestApp $app;
    private Device $device;

    protected function setUp(): void
    {
        $this->app = new TestApp();
        $this->device = $this->app->device();
    }

    public function testAPushThatHasNotSeenWhatItReplacesIsNotApplied(): void
    {
        $this->device->push([self::bob('a/r/f', 'theirs')]);
        $reply = $this->push(['*' => ''], [Ops::op('a/r/f', 'mine', 1), Ops::op('a/s/f', 1)]);
        self::assertSame(['verdicts' => 'uu', 'refused' => [], 'taken' => 0], $reply->member('push'));
        self::assertSame(['a/r/f="theirs"'], Ops::describe($reply->string('pull', 'ops')));
        self::assertStringEndsWith('.1', $reply->string('head'));

        $again = $this->push(['*' => $reply->string('head')], [Ops::op('a/r/f', 'mine', 1), Ops::op('a/s/f', 1)]);
        self::assertSame('aa', $again->string('push', 'verdicts'));
        self::assertSame(['a/r/f="mine"', 'a/s/f=1'], $this->slots());
    }

    public function testTheCursorOfTheCollectionCounts(): void
    {
        $head = $this->device->push([self::bob('1/r/f', 'theirs')])->string('head');
        self::assertSame('u', $this->verdicts(['*' => $head, '1' => ''], Ops::op('1/r/f', 1, -1)));
        self::assertSame('s', $this->verdicts(['*' => '', '1' => $head], Ops::op('1/r/f', 1, -1)));
        self::assertSame('s', $this->verdicts(['*' => '', '1' => null], Ops::op('1/r/f', 1, -1)));
        self::assertSame('s', $this->verdicts(['2' => ''], Ops::op('1/r/f', 1, -1)));
        self::assertSame('s', $this->device->push([Ops::op('1/r/f', 1, -1)])->string('push', 'verdicts'));
    }

    public function testTheOwnRowAndTheSameRegisterAreNoObstacle(): void
    {
        $long = str_repeat('x', 1_000);
        $this->device->push([Ops::op('a/r/f', 1), self::bob('a/s/f', $long), self::bob('a/t//dead', true)]);
        self::assertSame('ass', $this->verdicts(
            ['*' => ''],
            Ops::op('a/r/f', 2, 1),
            self::bob('a/s/f', $long),
            self::bob('a/t//dead', true),
        ));
        self::assertSame('u', $this->verdicts(['*' => ''], self::bob('a/s/f', $long . 'x')));
        self::assertSame('u', $this->verdicts(['*' => ''], self::bob('a/s/f', substr($long, 1))));
    }

    public function testAFieldMeetsADeletionAndADeletionMeetsEveryFieldOfItsRecord(): void
    {
        $this->device->push([
            self::bob('a/dead//dead', true),
            self::bob('a/r/zebra', 1, element: "\xFF"),
            self::bob('a/r2/f', 1),
            Ops::op('a/q/f', 1),
        ]);
        $all = ['*' => ''];
        self::assertSame('u', $this->verdicts($all, Ops::op('a/dead/f', 1)));
        self::assertSame('a', $this->verdicts($all, Ops::op('a/r/f', 1)));
        self::assertSame('u', $this->verdicts($all, Ops::op('a/r//dead', true, 1)));
        self::assertSame('aa', $this->verdicts($all, Ops::op('a/q//dead', true, 1), Ops::op('a/r1//dead', true, 1)));
    }

    public function testAnyOfManyDeletionsMayMeetWhatWasNotSeen(): void
    {
        $this->device->push([self::bob('a/00249/f', 1), self::bob('b/00000/f', 1)]);
        $deletions = static fn (int $count): array => array_map(
            static fn (int $record): Op => Ops::op(sprintf('a/%05d//dead', $record), true, 1),
            range(0, $count - 1),
        );
        self::assertSame(str_repeat('u', 250), $this->verdicts(['*' => ''], ...$deletions(250)));
        self::assertSame(str_repeat('a', 249), $this->verdicts(['*' => ''], ...$deletions(249)));
    }

    public function testARefusedOpIsToldAndRaisesTheFenceBesideWhatIsUnseen(): void
    {
        $this->device->push([self::bob('a/r/f', 1)]);
        $reply = $this->push(['*' => ''], [Ops::op('a/r/f', 2, 1), Ops::op('a/r/g', 1, 3_600_000)]);
        self::assertSame(
            ['verdicts' => 'ur', 'refused' => [['index' => 1, 'code' => 'stamp_in_future']], 'taken' => 0],
            $reply->member('push'),
        );
        self::assertSame([[1]], $this->app->connection()->rows('SELECT fence FROM fences'));
        self::assertSame('a', $this->device->sync([
            'push' => ['fence' => 1, 'ops' => Ops::batch([Ops::op('a/s/f', 2)])],
            'pull' => ['cursors' => ['*' => '']],
        ])->string('push', 'verdicts'));
        self::assertSame(['a/r/f=1', 'a/s/f=2'], $this->slots());
    }

    public function testAReplySaysWhatHadBeenTakenBefore(): void
    {
        self::assertSame(0, $this->taken(3, Ops::op('a/r/f', 1)));
        self::assertSame(3, $this->taken(5, Ops::op('a/r/f', 1)));
        self::assertSame(5, $this->taken(4, Ops::op('a/r/g', 1)));
        self::assertSame(5, $this->taken(9_007_199_254_740_991));
        self::assertSame(9_007_199_254_740_991, $this->taken(1));
        self::assertSame(0, $this->device->sync([
            'replica' => self::BOB,
            'push' => ['ops' => Ops::batch([])],
        ])->member('push', 'taken'));
    }

    public function testWhatIsUnseenOrRefusedWasNotTaken(): void
    {
        $this->device->push([self::bob('a/r/f', 1)]);
        $this->push(['*' => ''], [Ops::op('a/r/f', 2, 1)], 3);
        $poisoned = new Op(Ops::op('a', 1)->stamp, 'a', 'r', 'h', '', '');
        self::assertSame(0, $this->taken(4, Ops::op('a/r/g', 1), $poisoned));
        self::assertSame(0, $this->taken(5, Ops::op('a/r/g', 1)));
        self::assertSame(5, $this->taken(6));
    }

    public function testWithTheReplicaItIsForgottenWhatWasTaken(): void
    {
        $this->taken(5);
        $this->app->connection()->execute('DELETE FROM replicas');
        self::assertSame(0, $this->taken(6));
    }

    public function testThroughIsAPositiveIntegerThatJsonHoldsExactly(): void
    {
        foreach ([-1, 0, 2 ** 53, '1', 1.5, null] as $through) {
            $reply = $this->device->sync(['push' => ['through' => $through, 'ops' => Ops::batch([])]]);
            $reply->assertProblem(422, 'validation_failed', '/push/through');
        }
    }

    private static function bob(string $slot, mixed $value, string $element = ''): Op
    {
        $op = Ops::op($slot, $value, 0, 0, self::BOB);
        return $element === ''
            ? $op
            : new Op($op->stamp, $op->collection, $op->record, $op->field, $element, $op->register);
    }

    /**
     * @param array<int|string, ?string> $cursors
     * @param list<Op> $ops
     */
    private function push(array $cursors, array $ops, int $through = 0): Reply
    {
        $reply = $this->device->sync([
            'push' => ['ops' => Ops::batch($ops)] + ($through === 0 ? [] : ['through' => $through]),
            'pull' => ['cursors' => (object) $cursors],
        ]);
        self::assertSame(200, $reply->status, $reply->body);
        return $reply;
    }

    /** @param array<int|string, ?string> $cursors */
    private function verdicts(array $cursors, Op ...$ops): string
    {
        return $this->push($cursors, array_values($ops))->string('push', 'verdicts');
    }

    private function taken(int $through, Op ...$ops): mixed
    {
        $push = ['through' => $through, 'ops' => Ops::batch($ops)];
        return $this->device->sync(['push' => $push])->member('push', 'taken');
    }

    /** @return list<string> */
    private function slots(): array
    {
        return Ops::describe($this->device->pull()->string('pull', 'ops'));
    }
}
