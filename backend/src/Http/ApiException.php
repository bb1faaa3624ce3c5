<?php

declare(strict_types=1);

namespace Syncline\Http;

use RuntimeException;
use Syncline\Codec\Code;

/** A request that is answered with a problem. The detail goes to the client, so it is always text written for it. */
final class ApiException extends RuntimeException
{
    /** @param array<string, int> $extensions further members of the problem */
    public function __construct(
        public readonly Code $errorCode,
        public readonly string $detail,
        public readonly ?string $pointer = null,
        public readonly ?int $retryAfterSeconds = null,
        public readonly array $extensions = [],
    ) {
        parent::__construct($errorCode->value . ': ' . $detail);
    }
}
