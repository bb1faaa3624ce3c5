<?php

declare(strict_types=1);

namespace Syncline\Sync;

use Syncline\Codec\BatchEncoder;
use Syncline\Codec\Code;
use Syncline\Codec\Limits;
use Syncline\Codec\SlotPath;
use Syncline\Database\Connection;
use Syncline\Http\ApiException;

/**
 * Answers a pull with one page. A page holds whole pushes and at least one, if there is any.
 *
 * Pushes may go on meanwhile. A slot only ever moves to a sequence beyond the head that is read first, so whatever a
 * page lacks because it has just moved comes after the cursors that the page gives.
 */
final readonly class Puller
{
    public function __construct(
        private Connection $connection,
        private SpaceRepository $spaces,
        private PageRepository $pages,
    ) {
    }

    /** @param ?int $exceptSequence the sequence of what this very request pushed */
    public function pull(string $spaceId, CursorSet $cursors, int $limit, ?int $exceptSequence): PullResult
    {
        return $this->connection->read(
            fn (): PullResult => $this->page($spaceId, $cursors, $limit, $exceptSequence)
        );
    }

    /** The slots after a cursor, in all collections. */
    public function pending(Space $space, Cursor $cursor): int
    {
        $after = $cursor->sequenceIn($space);
        return $this->pages->count(new SlotFilter($space->id, [], $space->head, null), $after);
    }

    private function page(string $spaceId, CursorSet $cursors, int $limit, ?int $exceptSequence): PullResult
    {
        $space = $this->spaces->find($spaceId)
            ?? throw new ApiException(Code::TokenInvalid, 'The account no longer exists.');
        $sequences = $cursors->sequencesIn($space);
        $filter = new SlotFilter($spaceId, $sequences, $space->head, $exceptSequence);
        $after = $filter->lowest();
        $encoder = new BatchEncoder();
        if ($after === null) {
            return new PullResult($encoder->bytes(), [], 0, $space);
        }
        [$to, $isLast] = self::cut($this->pages->pushes($filter, $after), $limit);
        if ($to !== null) {
            foreach ($this->pages->rows($filter, $after, $to) as [$key, $stamp, $register]) {
                $encoder->add($stamp, ...[...SlotPath::split($key), $register]);
            }
        }
        $remaining = $isLast || $to === null ? 0 : $this->pages->count($filter, $to);
        $end = $remaining === 0 || $to === null ? $space->head : $to;
        return new PullResult($encoder->bytes(), self::moved($sequences, $space, $end), $remaining, $space);
    }

    /**
     * @param list<array{int, int, int}> $pushes sequence, slots, bytes
     * @return array{?int, bool} the last sequence of the page, and whether it holds all the pushes
     */
    private static function cut(array $pushes, int $limit): array
    {
        $to = null;
        $ops = 0;
        $bytes = 0;
        foreach ($pushes as [$sequence, $slots, $size]) {
            $ops += $slots;
            $bytes += $size;
            if ($to !== null && ($ops > $limit || $bytes > Limits::PAGE_BYTES)) {
                return [$to, false];
            }
            $to = $sequence;
        }
        return [$to, true];
    }

    /**
     * A cursor that is further than the page keeps its place: going back would send its collection twice.
     *
     * @param list<array{string, ?int}> $sequences
     * @return list<array{string, Cursor}>
     */
    private static function moved(array $sequences, Space $space, int $end): array
    {
        $cursors = [];
        foreach ($sequences as [$name, $sequence]) {
            if ($sequence !== null) {
                $cursors[] = [$name, new Cursor($space->epoch, max($sequence, $end))];
            }
        }
        return $cursors;
    }
}
