<?php

declare(strict_types=1);

namespace Syncline\Tests\Application;

use PHPUnit\Framework\TestCase;
use Syncline\Sync\PageRepository;
use Syncline\Sync\SlotFilter;
use Syncline\Sync\SpaceRepository;
use Syncline\Tests\Support\Device;
use Syncline\Tests\Support\Ops;
use Syncline\Tests\Support\Reply;
use Syncline\Tests\Support\TestApp;

final class PullTest extends TestCase
{
    private TestApp $app;
    private Device $device;

    protected function setUp(): void
    {
        $this->app = new TestApp();
        $this->device = $this->app->device();
    }

    public function testAnEmptySpaceGivesAnEmptyPageAtItsHead(): void
    {
        $reply = $this->device->pull();
        self::assertSame([], self::slots($reply));
        self::assertSame(0, $reply->member('pull', 'remaining'));
        self::assertSame($reply->string('head'), $reply->string('pull', 'cursors', '*'));
    }

    public function testACursorGivesOnlyWhatCameAfterIt(): void
    {
        $this->device->push([Ops::op('a/r/f', 1), Ops::op('a/r/g', 1)]);
        $cursor = $this->device->pull()->string('pull', 'cursors', '*');
        $this->device->push([Ops::op('a/r/g', 2, 1), Ops::op('a/r/h', 2, 1)]);
        $reply = $this->device->pull(['*' => $cursor]);
        self::assertSame(['a/r/g=2', 'a/r/h=2'], self::slots($reply));
        self::assertSame([], self::slots($this->device->pull(['*' => $reply->string('pull', 'cursors', '*')])));
    }

    public function testAPageEndsAfterTheLastWholePushThatFits(): void
    {
        foreach ([2, 3, 4] as $index => $count) {
            $this->device->push(Ops::many($count, 'c' . $index));
        }
        $first = $this->device->pull(['*' => ''], 6);
        self::assertCount(5, self::slots($first));
        self::assertSame(4, $first->member('pull', 'remaining'));
        self::assertStringEndsWith('.2', $first->string('pull', 'cursors', '*'));
        $second = $this->device->pull(['*' => $first->string('pull', 'cursors', '*')], 6);
        self::assertCount(4, self::slots($second));
        self::assertSame(0, $second->member('pull', 'remaining'));
        self::assertSame($second->string('head'), $second->string('pull', 'cursors', '*'));
    }

    public function testAPushThatIsLargerThanTheLimitComesWhole(): void
    {
        $this->device->push(Ops::many(7, 'a'));
        $this->device->push(Ops::many(2, 'b'));
        $first = $this->device->pull(['*' => ''], 3);
        self::assertCount(7, self::slots($first));
        self::assertSame(2, $first->member('pull', 'remaining'));
    }

    public function testAPageHoldsAboutSevenHundredThousandBytes(): void
    {
        $value = str_repeat('v', 60_000);
        for ($index = 0; $index < 14; $index++) {
            $this->device->push([Ops::op('photos/' . $index . '/data', $value)]);
        }
        $first = $this->device->pull();
        self::assertCount(11, self::slots($first));
        self::assertSame(3, $first->member('pull', 'remaining'));
    }

    public function testRegressionNoPushMakesAPageThatCannotBeDecoded(): void
    {
        $ops = [];
        // In this order an op has the record, the field and the stamp of the one before; in the order of the keys none.
        foreach (['a', 'b'] as $millisecond => $name) {
            for ($index = 0; $index < 2_500; $index++) {
                $slot = sprintf('%04d/%s/%s', $index, str_repeat($name, 128), str_repeat($name, 64));
                $ops[] = Ops::op($slot, null, $millisecond);
            }
        }
        self::assertLessThan(60_000, strlen(Ops::batch($ops)));
        $this->device->sync(['push' => ['ops' => Ops::batch($ops)]])
            ->assertProblem(413, 'batch_too_large', '/push/ops');
        $this->device->push(array_slice($ops, 0, 2_500));
        self::assertCount(2_500, self::slots($this->device->pull()));
    }

    public function testRegressionNoMoreThanAPageAndOneSlotAreLookedAtToCutIt(): void
    {
        foreach ([1, 2, 3] as $push) {
            $this->device->push(Ops::many(3_000, 'c' . $push));
        }
        $space = $this->app->connection()->row('SELECT id FROM spaces');
        self::assertIsString($space[0] ?? null);
        $pushes = $this->app->service(PageRepository::class)->pushes(new SlotFilter($space[0], [['*', 0]], 3, null), 0);
        self::assertSame([1, 2], array_column($pushes, 0));
        self::assertSame([3_000, 2_001], array_column($pushes, 1));
        $first = $this->device->pull(['*' => ''], 5_000);
        self::assertCount(3_000, self::slots($first));
        self::assertSame(6_000, $first->member('pull', 'remaining'));
    }

    public function testPagesTogetherHoldEverySlotOnce(): void
    {
        for ($index = 0; $index < 20; $index++) {
            $this->device->push(Ops::many(10, 'c' . ($index % 7), $index));
        }
        $cursors = ['*' => '', 'c3' => ''];
        $slots = [];
        do {
            $reply = $this->device->pull($cursors, 15);
            array_push($slots, ...self::slots($reply));
            $cursors = ['*' => $reply->string('pull', 'cursors', '*'), 'c3' => $reply->string('pull', 'cursors', 'c3')];
        } while ($reply->member('pull', 'remaining') !== 0);
        self::assertCount(70, $slots);
        self::assertCount(70, array_unique($slots));
    }

    public function testWhatThisRequestPushedDoesNotComeBack(): void
    {
        $this->device->push([Ops::op('a/r/f', 'theirs', 5), Ops::op('a/r/g', 1)]);
        $reply = $this->device->sync([
            'push' => ['ops' => Ops::batch([Ops::op('a/r/h', 1), Ops::op('a/r/f', 'mine', 4)])],
            'pull' => ['cursors' => ['*' => '']],
        ]);
        self::assertSame('as', $reply->string('push', 'verdicts'));
        self::assertSame(['a/r/f="theirs"', 'a/r/g=1'], self::slots($reply));
        self::assertStringEndsWith('.2', $reply->string('pull', 'cursors', '*'));
        self::assertSame([], self::slots($this->device->pull(['*' => $reply->string('pull', 'cursors', '*')])));
    }

    public function testAPageThatIsNotTheLastLeavesTheOwnPushForLater(): void
    {
        $this->device->push(Ops::many(2, 'a'));
        $this->device->push(Ops::many(2, 'b'));
        $reply = $this->device->sync([
            'push' => ['ops' => Ops::batch(Ops::many(2, 'c'))],
            'pull' => ['cursors' => ['*' => ''], 'limit' => 2],
        ]);
        self::assertSame(2, $reply->member('pull', 'remaining'));
        self::assertStringEndsWith('.1', $reply->string('pull', 'cursors', '*'));
    }

    public function testCursorsAreKeptForEachCollection(): void
    {
        $this->device->push([Ops::op('a/r/f', 1), Ops::op('b/r/f', 1), Ops::op('c/r/f', 1)]);
        $head = $this->device->pull()->string('head');
        self::assertSame(['b/r/f=1'], self::slots($this->device->pull(['*' => $head, 'b' => ''])));
        self::assertSame(['a/r/f=1', 'c/r/f=1'], self::slots($this->device->pull(['*' => '', 'b' => $head])));
        self::assertSame(['b/r/f=1'], self::slots($this->device->pull(['b' => ''])));
    }

    public function testANullCursorSaysNotThisOneAndIsNotAnswered(): void
    {
        $this->device->push([Ops::op('a/r/f', 1), Ops::op('b/r/f', 1)]);
        $reply = $this->device->pull(['*' => '', 'a' => null]);
        self::assertSame(['b/r/f=1'], self::slots($reply));
        self::assertSame(['*' => $reply->string('head')], $reply->member('pull', 'cursors'));
        self::assertSame(0, $reply->member('pull', 'remaining'));
    }

    public function testWantingNothingIsAnsweredWithNothing(): void
    {
        $this->device->push([Ops::op('a/r/f', 1)]);
        $reply = $this->device->pull([]);
        self::assertSame([], self::slots($reply));
        self::assertStringContainsString('"cursors":{}', $reply->text());
    }

    public function testACollectionMayHaveTheNameOfANumber(): void
    {
        $this->device->push([Ops::op('0/r/f', 1), Ops::op('1/r/f', 1)]);
        $reply = $this->device->sync(['pull' => ['cursors' => (object) ['1' => '']]]);
        self::assertSame(['1/r/f=1'], self::slots($reply));
        self::assertStringContainsString('"cursors":{"1":', $reply->text());
        $zero = $this->device->sync(['pull' => ['cursors' => (object) ['0' => '']]]);
        self::assertStringContainsString('"cursors":{"0":', $zero->text());
    }

    public function testACursorThatIsFurtherThanThePageKeepsItsPlace(): void
    {
        $this->device->push(Ops::many(2, 'a'));
        $this->device->push(Ops::many(2, 'a', 1));
        $this->device->push(Ops::many(2, 'b'));
        $this->device->push(Ops::many(2, 'a', 2, 2));
        $this->device->push([Ops::op('a/x/f', 1)]);
        $head = $this->device->pull()->string('head');
        $reply = $this->device->pull(['*' => $head, 'a' => ''], 2);
        self::assertSame(1, $reply->member('pull', 'remaining'));
        self::assertSame($head, $reply->string('pull', 'cursors', '*'));
        self::assertStringEndsWith('.4', $reply->string('pull', 'cursors', 'a'));
    }

    public function testACursorOfAnotherEpochOrBeyondTheHeadCountsAsZero(): void
    {
        $this->device->push([Ops::op('a/r/f', 1)]);
        $epoch = $this->device->pull()->string('epoch');
        self::assertCount(1, self::slots($this->device->pull(['*' => '0000000000000000.1'])));
        self::assertCount(1, self::slots($this->device->pull(['*' => $epoch . '.2'])));
        self::assertCount(0, self::slots($this->device->pull(['*' => $epoch . '.1'])));
    }

    public function testARenewedEpochIsToldAndMakesCursorsZero(): void
    {
        $before = $this->device->push([Ops::op('a/r/f', 1)]);
        $spaces = $this->app->service(SpaceRepository::class);
        $spaces->renewEpoch($spaces->ids()[0]);
        $after = $this->device->pull(['*' => $before->string('head')]);
        self::assertNotSame($before->string('epoch'), $after->string('epoch'));
        self::assertCount(1, self::slots($after));
    }

    public function testChangesCountsWhatIsAfterTheCursor(): void
    {
        $head = $this->device->push(Ops::many(3, 'a'))->string('head');
        $this->device->push(Ops::many(2, 'b'));
        self::assertSame(5, $this->device->changes()->member('pending'));
        self::assertSame(2, $this->device->changes($head)->member('pending'));
    }

    public function testChangesOfThePresentTagAre304AndEmpty(): void
    {
        $this->device->push(Ops::many(3));
        $first = $this->device->changes();
        $tag = $first->header('ETag');
        self::assertSame('"' . $first->string('head') . '"', $tag);
        $same = $this->device->changes('', $tag);
        self::assertSame(304, $same->status);
        self::assertSame('', $same->body);
        self::assertSame($tag, $same->header('ETag'));
        self::assertSame(304, $this->device->changes('', '"other", W/' . $tag)->status);
        $this->device->push([Ops::op('a/r/f', 1)]);
        self::assertSame(200, $this->device->changes('', $tag)->status);
    }

    /** @return list<string> */
    private static function slots(Reply $reply): array
    {
        return Ops::describe($reply->string('pull', 'ops'));
    }
}
