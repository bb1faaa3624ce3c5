<?php

declare(strict_types=1);

namespace Syncline\Tests\Support;

use Syncline\Clock;

final class FakeClock implements Clock
{
    public function __construct(public int $nowMs)
    {
    }

    public function nowMs(): int
    {
        return $this->nowMs;
    }

    public function advanceSeconds(int $seconds): void
    {
        $this->nowMs += $seconds * 1000;
    }
}
