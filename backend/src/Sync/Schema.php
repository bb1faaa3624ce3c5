<?php

declare(strict_types=1);

namespace Syncline\Sync;

/** The schema that a replica says it speaks. */
final readonly class Schema
{
    /** @param string $digest 32 hexadecimal digits */
    public function __construct(public string $name, public int $version, public string $digest)
    {
    }
}
