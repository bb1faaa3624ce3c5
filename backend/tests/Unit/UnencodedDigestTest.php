<?php

declare(strict_types=1);

namespace Syncline\Tests\Unit;

use PHPUnit\Framework\TestCase;
use Syncline\Http\Middleware\UnencodedDigest;

/** That every reply of the application has the right one is asserted where the tests receive replies. */
final class UnencodedDigestTest extends TestCase
{
    public function testTheDigestIsAsTheRfcHasIt(): void
    {
        self::assertSame(
            'sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:',
            UnencodedDigest::of("{\"hello\": \"world\"}\n"),
        );
    }
}
