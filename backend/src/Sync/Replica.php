<?php

declare(strict_types=1);

namespace Syncline\Sync;

/** The device that a request comes from. */
final readonly class Replica
{
    /** @param string $id 16 hexadecimal digits */
    public function __construct(public string $id, public ?Schema $schema)
    {
    }
}
