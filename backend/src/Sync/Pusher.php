<?php

declare(strict_types=1);

namespace Syncline\Sync;

use Syncline\Clock;
use Syncline\Codec\BatchDecoder;
use Syncline\Codec\BatchEncoder;
use Syncline\Codec\Code;
use Syncline\Codec\CodecException;
use Syncline\Codec\Limits;
use Syncline\Codec\Op;
use Syncline\Codec\Stamp;
use Syncline\Database\Connection;
use Syncline\Http\ApiException;

/** Takes a batch into a space: one transaction, one verdict an op, one sequence for all that it applied. */
final readonly class Pusher
{
    public function __construct(
        private Connection $connection,
        private SpaceRepository $spaces,
        private SlotRepository $slots,
        private ReplicaRepository $replicas,
        private FenceRepository $fences,
        private TakenRepository $taken,
        private Meeting $meeting,
        private Clock $clock,
    ) {
    }

    /**
     * Fails with batch_malformed, batch_too_large or push_outdated, and token_invalid when the account has just been
     * deleted.
     */
    public function push(string $spaceId, Replica $replica, Push $push): PushResult
    {
        try {
            $ops = BatchDecoder::decode($push->batch);
        } catch (CodecException $failure) {
            throw new ApiException($failure->errorCode, 'The batch cannot be read.', '/push/ops');
        }
        return $this->connection->write(function () use ($spaceId, $replica, $push, $ops): PushResult {
            $space = $this->spaces->lock($spaceId)
                ?? throw new ApiException(Code::TokenInvalid, 'The account no longer exists.');
            // Read under the lock: of two copies of a push the later must not find the time that the other did not.
            $nowMs = $this->clock->nowMs();
            $refused = $this->refuse($space, $ops, $nowMs);
            $candidates = array_diff_key($ops, $refused);
            // A pull has them in the order of their keys, where they need not inherit what they inherit here.
            if (BatchEncoder::expandedSize($candidates) > Limits::BATCH_BYTES) {
                throw new ApiException(
                    Code::BatchTooLarge,
                    'The batch is too large when it is expanded.',
                    '/push/ops',
                );
            }
            $this->replicas->see($spaceId, $replica, $nowMs);
            $this->guard($spaceId, $replica, $push->fence, $refused);
            $taken = $this->taken->through($spaceId, $replica->id);
            $sight = new Sight($space, $replica->id, $push->cursors);
            $result = $this->merge($space, $sight, $ops, $candidates, $refused, $taken);
            if ($result->isTaken() && $push->through > $taken) {
                $this->taken->raise($spaceId, $replica->id, $push->through);
            }
            return $result;
        });
    }

    /**
     * Lets nothing pass that was sent before a stamp of this replica was refused, and from here on not this push either
     * if one is refused now.
     *
     * @param array<int, Code> $refused
     */
    private function guard(string $spaceId, Replica $replica, int $fence, array $refused): void
    {
        $least = $this->fences->least($spaceId, $replica->id);
        if ($fence < $least) {
            throw new ApiException(
                Code::PushOutdated,
                'A stamp was refused since this was sent.',
                '/push/fence',
                extensions: ['fence' => $least],
            );
        }
        if (in_array(Code::StampInFuture, $refused, true)) {
            $this->fences->raise($spaceId, $replica->id, min($fence + 1, Limits::FENCE_MAX));
        }
    }

    /**
     * What is ahead of this time, but not greater than what the space holds, was taken in by a clock that was ahead.
     *
     * @param list<Op> $ops
     * @return array<int, Code>
     */
    private function refuse(Space $space, array $ops, int $nowMs): array
    {
        $tooLate = Stamp::firstInFuture($nowMs);
        $refused = [];
        $ahead = [];
        foreach ($ops as $index => $op) {
            if ($op->error !== null) {
                $refused[$index] = $op->error;
            } elseif (strcmp($op->stamp, $tooLate) >= 0) {
                $ahead[$index] = $op;
            }
        }
        if ($ahead !== []) {
            $refused += array_fill_keys($this->greater($space, $ahead), Code::StampInFuture);
            ksort($refused);
        }
        return $refused;
    }

    /**
     * The indexes of the ops that are greater than what the space holds.
     *
     * @param array<int, Op> $ops
     * @return list<int>
     */
    private function greater(Space $space, array $ops): array
    {
        $keys = array_map(static fn (Op $op): string => $op->slotKey(), $ops);
        $rows = $this->slots->rows($space->id, array_values(array_unique($keys)));
        $registers = $this->slots->registers($space->id, self::ties($ops, $keys, $rows));
        $isGreater = static function (int $index) use ($ops, $keys, $rows, $registers): bool {
            $held = $rows[$keys[$index]] ?? null;
            return $held === null || Law::isGreater(
                $ops[$index]->stamp,
                $ops[$index]->register,
                $held->stamp,
                $registers[$keys[$index]] ?? '',
            );
        };
        return array_values(array_filter(array_keys($ops), $isGreater));
    }

    /**
     * @param list<Op> $ops
     * @param array<int, Op> $candidates the ops that are not refused
     * @param array<int, Code> $refused
     */
    private function merge(
        Space $space,
        Sight $sight,
        array $ops,
        array $candidates,
        array $refused,
        int $taken,
    ): PushResult {
        $keys = array_map(static fn (Op $op): string => $op->slotKey(), $candidates);
        $rows = $this->slots->rows($space->id, array_values(array_unique($keys)));
        $registers = $this->slots->registers($space->id, self::ties($candidates, $keys, $rows));

        $verdicts = str_repeat(PushResult::REFUSED, count($ops));
        if ($this->meeting->isUnseen($space->id, $sight, $candidates, $keys, $rows, $registers)) {
            foreach (array_keys($candidates) as $index) {
                $verdicts[$index] = PushResult::UNSEEN;
            }
            return new PushResult($verdicts, $refused, $space, null, $taken);
        }
        $applied = [];
        foreach ($candidates as $index => $op) {
            $key = $keys[$index];
            $before = $applied[$key] ?? null;
            $stamp = $before->stamp ?? $rows[$key]->stamp ?? null;
            $register = $before->register ?? $registers[$key] ?? '';
            $greater = $stamp === null || Law::isGreater($op->stamp, $op->register, $stamp, $register);
            if ($greater) {
                $applied[$key] = $op;
            }
            $verdicts[$index] = $greater ? PushResult::APPLIED : PushResult::SUPERSEDED;
        }
        if ($applied === []) {
            return new PushResult($verdicts, $refused, $space, null, $taken);
        }
        $sequence = $space->head + 1;
        $this->slots->store($space->id, $sequence, $applied);
        $this->spaces->moveHead($space->id, $sequence);
        return new PushResult($verdicts, $refused, new Space($space->id, $space->epoch, $sequence), $sequence, $taken);
    }

    /**
     * Only where a stamp is equal does the register decide, so only there is it read, one byte further than the
     * longest that it is compared with.
     *
     * @param array<int, Op> $candidates
     * @param array<int, string> $keys
     * @param array<string, Row> $rows
     * @return array<string, int>
     */
    private static function ties(array $candidates, array $keys, array $rows): array
    {
        $bytes = [];
        foreach ($candidates as $index => $op) {
            $key = $keys[$index];
            if (($rows[$key]->stamp ?? null) === $op->stamp) {
                $bytes[$key] = max($bytes[$key] ?? 0, strlen($op->register) + 1);
            }
        }
        return $bytes;
    }
}
