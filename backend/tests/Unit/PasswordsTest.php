<?php

declare(strict_types=1);

namespace Syncline\Tests\Unit;

use PHPUnit\Framework\TestCase;
use Syncline\Account\Passwords;

final class PasswordsTest extends TestCase
{
    public function testBcryptIsGivenEveryByteOfALongPassword(): void
    {
        $passwords = new Passwords(['cost' => 4], PASSWORD_BCRYPT);
        $long = str_repeat('p', 100);
        $hash = $passwords->hash($long . 'a');
        self::assertTrue($passwords->verify($long . 'a', $hash));
        self::assertFalse($passwords->verify($long . 'b', $hash));
    }

    public function testAZeroByteDoesNotEndAPassword(): void
    {
        $passwords = new Passwords(['cost' => 4], PASSWORD_BCRYPT);
        $hash = $passwords->hash("long enough\0a");
        self::assertFalse($passwords->verify("long enough\0b", $hash));
    }

    public function testAHashOfAnotherAlgorithmIsVerifiedAndOutdated(): void
    {
        $argon = new Passwords(['memory_cost' => 1024, 'time_cost' => 1, 'threads' => 1], PASSWORD_ARGON2ID);
        $bcrypt = new Passwords(['cost' => 4], PASSWORD_BCRYPT);
        $hash = $bcrypt->hash('correct horse');
        self::assertTrue($argon->verify('correct horse', $hash));
        self::assertTrue($argon->isOutdated($hash));
        self::assertFalse($bcrypt->isOutdated($hash));
    }

    public function testWithoutAHashNothingIsRight(): void
    {
        self::assertFalse((new Passwords(['cost' => 4], PASSWORD_BCRYPT))->verify('correct horse', null));
    }

    public function testAnUnknownEmailTakesAboutAsLongAsAWrongPassword(): void
    {
        $passwords = new Passwords(['cost' => 9], PASSWORD_BCRYPT);
        $hash = $passwords->hash('correct horse');
        $times = [];
        foreach ([$hash, null] as $against) {
            $begin = hrtime(true);
            for ($round = 0; $round < 3; $round++) {
                $passwords->verify('wrong password', $against);
            }
            $times[] = hrtime(true) - $begin;
        }
        self::assertGreaterThan($times[0] / 4, $times[1]);
    }
}
