<?php

declare(strict_types=1);

namespace Syncline\Codec;

/**
 * A value of the type object. Members are pairs in a list, because a PHP array would turn the key "1" into an integer.
 */
final readonly class Members
{
    /** @param list<array{string, mixed}> $pairs in ascending byte order of their keys */
    public function __construct(public array $pairs)
    {
    }
}
