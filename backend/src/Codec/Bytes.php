<?php

declare(strict_types=1);

namespace Syncline\Codec;

/** A value of the type bytes, told apart from a string by its class. */
final readonly class Bytes
{
    public function __construct(public string $bytes)
    {
    }
}
