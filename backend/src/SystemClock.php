<?php

declare(strict_types=1);

namespace Syncline;

final readonly class SystemClock implements Clock
{
    public function nowMs(): int
    {
        return (int) floor(microtime(true) * 1000);
    }
}
