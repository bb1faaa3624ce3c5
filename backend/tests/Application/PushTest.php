<?php

declare(strict_types=1);

namespace Syncline\Tests\Application;

use PHPUnit\Framework\TestCase;
use Syncline\Codec\Op;
use Syncline\Codec\Stamp;
use Syncline\Tests\Support\Device;
use Syncline\Tests\Support\Ops;
use Syncline\Tests\Support\TestApp;

final class PushTest extends TestCase
{
    private TestApp $app;
    private Device $device;

    protected function setUp(): void
    {
        $this->app = new TestApp();
        $this->device = $this->app->device();
    }

    public function testANewSlotIsApplied(): void
    {
        $reply = $this->device->push([Ops::op('meals/r1/name', 'Lunch')]);
        self::assertSame(['verdicts' => 'a', 'refused' => [], 'taken' => 0], $reply->member('push'));
        self::assertSame(['meals/r1/name="Lunch"'], Ops::describe($this->device->pull()->string('pull', 'ops')));
    }

    public function testAReplayIsSupersededAndMovesNoHead(): void
    {
        $head = $this->device->push(Ops::many(3))->string('head');
        $again = $this->device->push(Ops::many(3));
        self::assertSame('sss', $again->string('push', 'verdicts'));
        self::assertSame($head, $again->string('head'));
    }

    public function testTheGreaterStampWinsWhateverTheOrder(): void
    {
        self::assertSame('a', $this->push(Ops::op('a/r/f', 'new', 2)));
        self::assertSame('s', $this->push(Ops::op('a/r/f', 'old', 1)));
        self::assertSame(['a/r/f="new"'], $this->slots());
        self::assertSame('a', $this->push(Ops::op('a/r/f', 'newer', 2, 1)));
        self::assertSame(['a/r/f="newer"'], $this->slots());
    }

    public function testOfEqualStampsTheGreaterRegisterWins(): void
    {
        self::assertSame('a', $this->push(Ops::op('a/r/f', 'bb')));
        self::assertSame('s', $this->push(Ops::op('a/r/f', 'ba')));
        self::assertSame('s', $this->push(Ops::op('a/r/f', 'bb')));
        self::assertSame('a', $this->push(Ops::op('a/r/f', 'bc')));
        $tombstone = new Op(Ops::op('a/r/f', 0)->stamp, 'a', 'r', 'f', '', "\0");
        self::assertSame('s', $this->push($tombstone));
        self::assertSame(['a/r/f="bc"'], $this->slots());
    }

    public function testALongRegisterOfAnEqualStampIsComparedAsAWhole(): void
    {
        $long = str_repeat('x', 60_000);
        self::assertSame('a', $this->push(Ops::op('a/r/f', [$long, 'b'])));
        self::assertSame('s', $this->push(Ops::op('a/r/f', [$long, 'a'])));
        self::assertSame('s', $this->push(Ops::op('a/r/f', [$long, 'b'])));
        self::assertSame('s', $this->push(Ops::op('a/r/f', [$long])));
        self::assertSame('a', $this->push(Ops::op('a/r/f', [$long, 'c'])));
    }

    public function testATombstoneIsStoredLikeAnyRegister(): void
    {
        $this->push(Ops::op('a/r/f', 1, 1));
        self::assertSame('a', $this->push(new Op(Ops::op('a/r/f', 0, 2)->stamp, 'a', 'r', 'f', '', "\0")));
        self::assertSame(['a/r/f=tombstone'], $this->slots());
    }

    public function testSeveralOpsOfOnePushMayWriteOneSlot(): void
    {
        $verdicts = $this->push(
            Ops::op('a/r/f', 2, 2),
            Ops::op('a/r/f', 1, 1),
            Ops::op('a/r/f', 3, 3),
            Ops::op('a/r/f', 3, 3),
        );
        self::assertSame('asas', $verdicts);
        self::assertSame(['a/r/f=3'], $this->slots());
    }

    public function testOnlyTheOpThatIsTooFarAheadIsRefused(): void
    {
        $ahead = $this->app->clock->nowMs - Ops::TIME_MS + 300_000;
        $reply = $this->device->push([
            Ops::op('a/r/f', 1),
            Ops::op('a/r/g', 1, $ahead + 1),
            Ops::op('a/r/h', 1, $ahead, 65535, 'ffffffffffffffff'),
        ]);
        self::assertSame(
            ['verdicts' => 'ara', 'refused' => [['index' => 1, 'code' => 'stamp_in_future']], 'taken' => 0],
            $reply->member('push'),
        );
        self::assertSame(['a/r/f=1', 'a/r/h=1'], $this->slots());
    }

    public function testRegressionALateCopyOfARefusedPushIsOutdated(): void
    {
        $ahead = $this->app->clock->nowMs - Ops::TIME_MS + 300_001;
        $push = ['push' => ['ops' => Ops::batch([Ops::op('a/r/f', 'withdrawn', $ahead), Ops::op('a/r/g', 1)])]];
        self::assertSame('ra', $this->device->sync($push)->string('push', 'verdicts'));

        $this->app->clock->nowMs += 60_000;
        $late = $this->device->sync($push);
        self::assertSame(409, $late->status);
        self::assertSame('push_outdated', $late->string('code'));
        self::assertSame(1, $late->member('fence'));
        self::assertSame('/push/fence', $late->string('pointer'));
        self::assertSame(['a/r/g=1'], $this->slots());

        $anew = ['push' => ['fence' => 1, 'ops' => Ops::batch([Ops::op('a/r/f', 'stamped anew')])]];
        self::assertSame('a', $this->device->sync($anew)->string('push', 'verdicts'));
        self::assertSame(['a/r/g=1', 'a/r/f="stamped anew"'], $this->slots());
    }

    public function testTheFenceIsAnIntegerThatJsonHoldsExactly(): void
    {
        foreach ([-1, 2 ** 53, '1', 1.5, null] as $fence) {
            $reply = $this->device->sync(['push' => ['fence' => $fence, 'ops' => Ops::batch([])]]);
            self::assertSame(422, $reply->status, (string) json_encode($fence));
            self::assertSame('/push/fence', $reply->string('pointer'));
        }
    }

    public function testAPoisonedOpStopsNoNeighbour(): void
    {
        $good = Ops::op('a/r/f', 1);
        $reply = $this->device->push([
            $good,
            new Op($good->stamp, 'a', 'r', 'g', '', "\x04\x80"),
            new Op($good->stamp, str_repeat('c', 65), 'r', 'f', '', "\x01"),
            new Op($good->stamp, "a\n", 'r', 'f', '', "\x01"),
            new Op($good->stamp, 'a', 'r', 'f', str_repeat('e', 241), "\x01"),
            new Op($good->stamp, 'a', 'r', 'f', '', "\x06\x01\xFF"),
            new Op($good->stamp, 'a', 'r', 'f', '', "\x05\xFF\xF0\0\0\0\0\0\0"),
            new Op($good->stamp, 'a', 'r', 'f', '', str_repeat("\x08\x01", 17) . "\x01"),
            Ops::op('a/r/z', 1),
        ]);
        self::assertSame('arrrrrrra', $reply->string('push', 'verdicts'));
        $refused = $reply->member('push', 'refused');
        self::assertIsArray($refused);
        self::assertSame(
            ['value_malformed', 'key_too_long', 'key_malformed', 'key_too_long', 'string_not_utf8',
                'value_not_finite', 'value_too_deep'],
            array_column($refused, 'code'),
        );
        self::assertSame(range(1, 7), array_column($refused, 'index'));
        self::assertSame(['a/r/f=1', 'a/r/z=1'], $this->slots());
    }

    public function testABatchThatCannotBeFollowedStoresNothing(): void
    {
        $batch = (string) base64_decode(Ops::batch(Ops::many(3)), true);
        $reply = $this->device->sync(['push' => ['ops' => base64_encode(substr($batch, 0, -1))]]);
        $reply->assertProblem(422, 'batch_malformed', '/push/ops');
        self::assertSame([], $this->slots());
    }

    public function testABatchOfMoreOpsThanAllowedIs413(): void
    {
        $batch = "\x01\x89\x27";
        $this->device->sync(['push' => ['ops' => base64_encode($batch)]])
            ->assertProblem(413, 'batch_too_large', '/push/ops');
    }

    public function testAnEmptyBatchIsAPushOfNothing(): void
    {
        $reply = $this->device->push([]);
        self::assertSame(['verdicts' => '', 'refused' => [], 'taken' => 0], $reply->member('push'));
        self::assertStringEndsWith('.0', $reply->string('head'));
    }

    public function testAPushTakesOneSequenceForAllThatItApplies(): void
    {
        self::assertStringEndsWith('.1', $this->device->push(Ops::many(2500))->string('head'));
        self::assertStringEndsWith('.2', $this->device->push(Ops::many(1500, 'meals', 1))->string('head'));
        self::assertSame(2500, $this->device->changes()->member('pending'));
        self::assertSame(1500, $this->pendingAfter(1));
    }

    public function testRegressionWhatAPushWaitsForDoesNotShiftTheTimeOfItsReply(): void
    {
        $arrived = $this->app->clock->nowMs;
        $this->app->clock->atCall(3, fn () => $this->app->clock->advanceSeconds(4));
        self::assertSame($arrived + 2_000, $this->device->push(Ops::many(2))->member('time'));
    }

    public function testNamesAndElementsAreBytes(): void
    {
        $stamp = Ops::op('a/r/f', 1)->stamp;
        $element = "\0\xFF'\\%_" . random_bytes(20) . "\0";
        $this->push(
            new Op($stamp, 'a', 'r', 'é', $element, "\x01"),
            new Op($stamp, 'a', 'r', 'É', $element, "\x02"),
            new Op($stamp, 'a', 'r', 'e', $element . ' ', "\x03"),
            new Op($stamp, 'a', 'r', 'e', $element, "\x01"),
            new Op($stamp, '1', '0', '0', '', "\x01"),
        );
        $ops = Ops::read($this->device->pull()->string('pull', 'ops'));
        self::assertCount(5, $ops);
        self::assertSame('1', $ops[0]->collection);
        self::assertSame($element, $ops[1]->element);
        self::assertSame($element . ' ', $ops[2]->element);
    }

    public function testOrderRepetitionAndSplittingOfDeliveriesDoNotMatter(): void
    {
        mt_srand(11);
        $ops = [];
        for ($count = 0; $count < 400; $count++) {
            $slot = sprintf('c%d/r%d/f', mt_rand(0, 2), mt_rand(0, 9));
            $ops[] = Ops::op($slot, mt_rand(0, 5), mt_rand(0, 20), mt_rand(0, 1));
        }
        $ends = [];
        for ($round = 0; $round < 5; $round++) {
            $device = $this->app->device(sprintf('%d@example.org', $round));
            shuffle($ops);
            $delivery = [...$ops, ...array_slice($ops, 0, 50)];
            while ($delivery !== []) {
                $device->push(array_splice($delivery, 0, mt_rand(1, 90)));
            }
            $slots = Ops::describe($device->pull()->string('pull', 'ops'));
            sort($slots);
            $ends[] = implode(' ', $slots);
        }
        self::assertCount(1, array_unique($ends));
    }

    public function testASpaceIsNotSeenByAnother(): void
    {
        $this->push(Ops::op('a/r/f', 1));
        $other = $this->app->device('bob@example.org');
        self::assertSame([], Ops::describe($other->pull()->string('pull', 'ops')));
        self::assertSame('a', $other->push([Ops::op('a/r/f', 1)])->string('push', 'verdicts'));
    }

    public function testTheLargestPushIsTakenWhole(): void
    {
        $ops = [];
        for ($index = 0; $index < 5000; $index++) {
            $ops[] = new Op(Stamp::encode(Ops::TIME_MS, 0, Ops::REPLICA), 'c', 'r', 'f', pack('n', $index), "\x03");
        }
        $reply = $this->device->push($ops);
        self::assertSame(str_repeat('a', 5000), $reply->string('push', 'verdicts'));
        $page = $this->device->pull(['*' => ''], 10);
        self::assertCount(5000, Ops::read($page->string('pull', 'ops')));
        self::assertSame(0, $page->member('pull', 'remaining'));
    }

    private function push(Op ...$ops): string
    {
        return $this->device->push($ops)->string('push', 'verdicts');
    }

    /** @return list<string> */
    private function slots(): array
    {
        return Ops::describe($this->device->pull()->string('pull', 'ops'));
    }

    private function pendingAfter(int $sequence): mixed
    {
        $epoch = $this->device->pull()->string('epoch');
        return $this->device->changes($epoch . '.' . $sequence)->member('pending');
    }
}
