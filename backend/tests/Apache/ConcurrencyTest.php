<?php

declare(strict_types=1);

namespace Syncline\Tests\Apache;

use PHPUnit\Framework\TestCase;
use Syncline\Codec\Op;
use Syncline\Tests\Support\Ops;
use Syncline\Tests\Support\Reply;

final class ConcurrencyTest extends TestCase
{
    private const AT_ONCE = 6;
    private const ROUNDS = 8;
    private const PASSWORD = 'correct horse';

    private HttpClient $client;
    private string $token;

    protected function setUp(): void
    {
        $this->client = new HttpClient();
        $this->token = $this->client->request('POST', '/v1/account/register', [
            'email' => bin2hex(random_bytes(8)) . '@example.org',
            'password' => self::PASSWORD,
        ])->string('access_token');
    }

    public function testPushesFromSeveralProcessesLoseNothing(): void
    {
        $pushes = [];
        for ($round = 0; $round < self::ROUNDS; $round++) {
            $requests = [];
            for ($device = 0; $device < self::AT_ONCE; $device++) {
                $requests[] = $this->push($this->opsOf($round, $device));
            }
            foreach ($this->client->atOnce($requests) as $reply) {
                self::assertSame(200, $reply->status, $reply->body);
                self::assertMatchesRegularExpression('/\Aa{50}[as]\z/', $reply->string('push', 'verdicts'));
                $pushes[] = $reply->string('head');
            }
        }
        self::assertCount(self::ROUNDS * self::AT_ONCE, array_unique($pushes), 'two pushes share a sequence');

        [$slots, $contended] = $this->pullEverything();
        self::assertCount(self::ROUNDS * self::AT_ONCE * 50, array_unique($slots));
        self::assertSame(['shared/r/f="7-5"'], $contended, 'the greatest stamp did not win');
    }

    public function testAReaderThatPollsDuringPushesMissesNothing(): void
    {
        $seen = [];
        $cursor = '';
        for ($round = 0; $round < self::ROUNDS; $round++) {
            $requests = [];
            for ($device = 0; $device < self::AT_ONCE - 1; $device++) {
                $requests[] = $this->push($this->opsOf($round, $device));
            }
            $requests[] = $this->sync(['pull' => ['cursors' => ['*' => $cursor], 'limit' => 60]]);
            $replies = $this->client->atOnce($requests);
            $page = $replies[self::AT_ONCE - 1];
            self::assertSame(200, $page->status, $page->body);
            array_push($seen, ...Ops::describe($page->string('pull', 'ops')));
            $cursor = $page->string('pull', 'cursors', '*');
        }
        [$rest] = $this->pullEverything($cursor);
        $seen = array_filter($seen, static fn (string $slot): bool => !str_starts_with($slot, 'shared/'));
        self::assertCount(self::ROUNDS * (self::AT_ONCE - 1) * 50, array_unique([...$seen, ...$rest]));
    }

    public function testOfWritesAtOnceAllButOneHaveToSeeTheOther(): void
    {
        $cursor = '';
        for ($round = 0; $round < self::ROUNDS; $round++) {
            $requests = [];
            for ($device = 0; $device < self::AT_ONCE; $device++) {
                $replica = sprintf('%016x', $device + 1);
                $requests[] = $this->sync([
                    'replica' => $replica,
                    'push' => ['ops' => Ops::batch([Ops::op('shared/r/f', $device, $round, 0, $replica)])],
                    'pull' => ['cursors' => ['*' => $cursor]],
                ]);
            }
            $replies = $this->client->atOnce($requests);
            $verdicts = array_map(static fn (Reply $reply): string => $reply->string('push', 'verdicts'), $replies);
            sort($verdicts);
            self::assertSame(['a', ...array_fill(0, self::AT_ONCE - 1, 'u')], $verdicts);
            $cursor = $replies[0]->string('head');
        }
        [, $contended] = $this->pullEverything();
        self::assertCount(1, $contended);
    }

    public function testOneEmailIsRegisteredOnce(): void
    {
        $body = ['email' => bin2hex(random_bytes(8)) . '@example.org', 'password' => self::PASSWORD];
        $statuses = [];
        foreach ($this->client->atOnce(array_fill(0, 4, ['POST', '/v1/account/register', $body, []])) as $reply) {
            $statuses[] = $reply->status;
        }
        sort($statuses);
        self::assertSame([201, 409, 409, 409], $statuses);
    }

    /** @return list<Op> 50 slots of the device's own and one that all write */
    private function opsOf(int $round, int $device): array
    {
        $ops = [];
        for ($index = 0; $index < 50; $index++) {
            $ops[] = Ops::op(sprintf('own/%d-%d/%02d', $round, $device, $index), $index);
        }
        $ops[] = Ops::op('shared/r/f', $round . '-' . $device, $round * 10 + $device);
        return $ops;
    }

    /** @return array{list<string>, list<string>} the slots of the devices' own, and those that all wrote */
    private function pullEverything(string $cursor = ''): array
    {
        $slots = [];
        do {
            [$method, $path, $body, $headers] = $this->sync(['pull' => ['cursors' => ['*' => $cursor]]]);
            $reply = $this->client->request($method, $path, $body, $headers);
            array_push($slots, ...Ops::describe($reply->string('pull', 'ops')));
            $cursor = $reply->string('pull', 'cursors', '*');
        } while ($reply->member('pull', 'remaining') !== 0);
        $isShared = static fn (string $slot): bool => str_starts_with($slot, 'shared/');
        $own = array_values(array_filter($slots, static fn (string $slot): bool => !$isShared($slot)));
        return [$own, array_values(array_filter($slots, $isShared))];
    }

    /**
     * @param list<Op> $ops
     * @return array{string, string, array<string, mixed>, array<string, string>}
     */
    private function push(array $ops): array
    {
        return $this->sync(['push' => ['ops' => Ops::batch($ops)]]);
    }

    /**
     * @param array<string, mixed> $members
     * @return array{string, string, array<string, mixed>, array<string, string>}
     */
    private function sync(array $members): array
    {
        return [
            'POST',
            '/v1/sync',
            $members + ['protocol' => 1, 'replica' => Ops::REPLICA],
            ['Authorization' => 'Bearer ' . $this->token],
        ];
    }
}
