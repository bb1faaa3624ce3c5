<?php

declare(strict_types=1);

namespace Syncline\Tests\Support;

use Closure;
use Syncline\Clock;

final class FakeClock implements Clock
{
    private int $calls = 0;
    private ?Closure $then = null;

    public function __construct(public int $nowMs)
    {
    }

    public function nowMs(): int
    {
        if ($this->then !== null && --$this->calls === 0) {
            ($this->then)();
        }
        return $this->nowMs;
    }

    /** Does something in the middle of what asks for the time: when it is asked for so many times from now. */
    public function atCall(int $calls, Closure $then): void
    {
        $this->calls = $calls;
        $this->then = $then;
    }

    public function advanceSeconds(int $seconds): void
    {
        $this->nowMs += $seconds * 1000;
    }
}
