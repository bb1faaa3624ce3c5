<?php

declare(strict_types=1);

namespace Syncline\Codec;

use RuntimeException;

/** Bytes that are not what the op format allows. The code says what is wrong; there is no other text. */
final class CodecException extends RuntimeException
{
    public function __construct(public readonly Code $errorCode)
    {
        parent::__construct($errorCode->value);
    }
}
