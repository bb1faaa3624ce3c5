<?php

declare(strict_types=1);

namespace Syncline\Action;

use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use stdClass;
use Syncline\Clock;
use Syncline\Http\Json;
use Syncline\Http\Middleware\Arrival;
use Syncline\Http\Middleware\Bearer;
use Syncline\Http\Middleware\JsonBody;
use Syncline\Sync\PullResult;
use Syncline\Sync\Puller;
use Syncline\Sync\PushResult;
use Syncline\Sync\Pusher;
use Syncline\Sync\Replicas;

/** POST /v1/sync: push and pull in one round trip */
final readonly class SyncAction
{
    public function __construct(
        private Pusher $pusher,
        private Puller $puller,
        private Replicas $replicas,
        private Clock $clock,
    ) {
    }

    public function __invoke(ServerRequestInterface $request, ResponseInterface $response): ResponseInterface
    {
        $sync = SyncRequest::fromInput(JsonBody::input($request));
        $space = Bearer::space($request);
        $members = [];
        $sequence = null;
        if ($sync->push === null) {
            $this->replicas->see($space->id, $sync->replica);
        } else {
            $pushed = $this->pusher->push($space->id, $sync->replica, $sync->push);
            $members['push'] = self::pushMembers($pushed);
            $space = $pushed->space;
            $sequence = $pushed->sequence;
        }
        if ($sync->cursors !== null) {
            $pulled = $this->puller->pull($space->id, $sync->cursors, $sync->limit, $sequence);
            $members['pull'] = self::pullMembers($pulled);
            $space = $pulled->space;
        }
        return Json::write($response, [
            'time' => Arrival::middleMs($request, $this->clock),
            'epoch' => $space->epoch,
            'head' => $space->headCursor()->text(),
        ] + $members);
    }

    /** @return array<string, mixed> */
    private static function pushMembers(PushResult $result): array
    {
        $refused = [];
        foreach ($result->refused as $index => $code) {
            $refused[] = ['index' => $index, 'code' => $code->value];
        }
        return ['verdicts' => $result->verdicts, 'refused' => $refused, 'taken' => $result->taken];
    }

    /** @return array<string, mixed> */
    private static function pullMembers(PullResult $result): array
    {
        // An object and not an array: a collection may be called "0", and a pull may want nothing.
        $cursors = new stdClass();
        foreach ($result->cursors as [$name, $cursor]) {
            $cursors->{$name} = $cursor->text();
        }
        return ['ops' => base64_encode($result->batch), 'cursors' => $cursors, 'remaining' => $result->remaining];
    }
}
