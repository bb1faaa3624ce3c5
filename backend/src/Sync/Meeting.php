<?php

declare(strict_types=1);

namespace Syncline\Sync;

use Syncline\Codec\Op;

/** Whether a push meets what its replica has not seen (spec/protocol.md, Unseen). */
final readonly class Meeting
{
    public function __construct(private SlotRepository $slots)
    {
    }

    /**
     * @param array<int, Op> $ops
     * @param array<int, string> $keys the slot keys of the ops
     * @param array<string, Row> $rows slot key to row, of those that exist
     * @param array<string, string> $registers slot key to register, where an op has the stamp of the row
     */
    public function isUnseen(
        string $spaceId,
        Sight $sight,
        array $ops,
        array $keys,
        array $rows,
        array $registers,
    ): bool {
        if ($sight->isWhole()) {
            return false;
        }
        $dead = [];
        $deletions = [];
        foreach ($ops as $index => $op) {
            $row = $rows[$keys[$index]] ?? null;
            $isHeld = $row?->stamp === $op->stamp && ($registers[$keys[$index]] ?? null) === $op->register;
            // Two devices that create a record lose nothing by it.
            $mayReplace = $row !== null && !$isHeld && !$op->isCreation();
            if ($mayReplace && $sight->isUnseen($op->collection, $row)) {
                return true;
            }
            $deadKey = $op->deadKey();
            if ($sight->after($op->collection) === null) {
                continue;
            }
            if ($keys[$index] === $deadKey) {
                $deletions[$deadKey] = $op;
            } else {
                $dead[$deadKey] = $op;
            }
        }
        return $this->anyDead($spaceId, $sight, $dead) || $this->slots->recordsHaveUnseen($spaceId, $sight, $deletions);
    }

    /** @param array<string, Op> $ops slot key of a deletion to an op that it concerns */
    private function anyDead(string $spaceId, Sight $sight, array $ops): bool
    {
        foreach ($this->slots->rows($spaceId, array_keys($ops)) as $key => $row) {
            if ($sight->isUnseen($ops[$key]->collection, $row)) {
                return true;
            }
        }
        return false;
    }
}
