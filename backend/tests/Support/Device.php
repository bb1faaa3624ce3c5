<?php

declare(strict_types=1);

namespace Syncline\Tests\Support;

use PHPUnit\Framework\Assert;
use Syncline\Codec\Op;

/** A client that holds an access token. */
final readonly class Device
{
    public function __construct(private TestApp $app, public string $token)
    {
    }

    /** @param array<string, mixed> $members those besides protocol and replica, or in their place */
    public function sync(array $members): Reply
    {
        return $this->app->request(
            'POST',
            '/v1/sync',
            $members + ['protocol' => 1, 'replica' => Ops::REPLICA],
            $this->authorization(),
        );
    }

    /** @param iterable<Op> $ops */
    public function push(iterable $ops): Reply
    {
        $reply = $this->sync(['push' => ['ops' => Ops::batch($ops)]]);
        Assert::assertSame(200, $reply->status, $reply->body);
        return $reply;
    }

    /** @param array<string, ?string> $cursors */
    public function pull(array $cursors = ['*' => ''], int $limit = 4000): Reply
    {
        $reply = $this->sync(['pull' => ['cursors' => (object) $cursors, 'limit' => $limit]]);
        Assert::assertSame(200, $reply->status, $reply->body);
        return $reply;
    }

    public function changes(string $cursor = '', string $ifNoneMatch = ''): Reply
    {
        $headers = $this->authorization() + ($ifNoneMatch === '' ? [] : ['If-None-Match' => $ifNoneMatch]);
        return $this->app->request('GET', '/v1/changes?cursor=' . $cursor, null, $headers);
    }

    /** @return array{Authorization: string} */
    public function authorization(): array
    {
        return ['Authorization' => 'Bearer ' . $this->token];
    }
}
