<?php

declare(strict_types=1);

namespace Syncline\Sync;

use Syncline\Clock;
use Syncline\Codec\Code;
use Syncline\Database\BusyException;
use Syncline\Database\Connection;
use Syncline\Http\ApiException;

/** Notes the replica of a request that pushes nothing; a push does so in its own transaction. */
final readonly class Replicas
{
    public function __construct(
        private Connection $connection,
        private SpaceRepository $spaces,
        private ReplicaRepository $replicas,
        private Clock $clock,
    ) {
    }

    /** Fails with token_invalid when the account has just been deleted. */
    public function see(string $spaceId, Replica $replica): void
    {
        $now = $this->clock->nowMs();
        if (!$this->replicas->isDue($spaceId, $replica, $now)) {
            return;
        }
        try {
            $this->connection->write(function () use ($spaceId, $replica, $now): void {
                $this->spaces->lock($spaceId)
                    ?? throw new ApiException(Code::TokenInvalid, 'The account no longer exists.');
                $this->replicas->see($spaceId, $replica, $now);
            });
        } catch (BusyException) {
            // A pull is not to fail over a note that the next request can make as well.
        }
    }
}
