<?php

declare(strict_types=1);

namespace Syncline;

/** The wall clock, injected so that tests decide what time it is. */
interface Clock
{
    /** Milliseconds since 1970-01-01T00:00:00Z. */
    public function nowMs(): int;
}
