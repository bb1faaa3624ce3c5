<?php

declare(strict_types=1);

namespace Syncline\Tests\Unit;

use PHPUnit\Framework\Attributes\DataProvider;
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

    /**
     * Costs that cannot be used fail where a password is really hashed with them, and nowhere else. That shows, without
     * a look at the time, that an unknown email is the same work as a known one.
     *
     * @param array<string, int> $impossible
     */
    #[DataProvider('impossibleCosts')]
    public function testAnUnknownEmailIsTheWorkOfAHashWithTheSameAlgorithmAndCosts(
        string $algorithm,
        array $impossible,
        string $complaint,
    ): void {
        $hash = (new Passwords(['cost' => 4], PASSWORD_BCRYPT))->hash('correct horse');
        $passwords = new Passwords($impossible, $algorithm);
        self::assertTrue($passwords->verify('correct horse', $hash), 'a known one has its costs in its hash');
        $this->expectException(\ValueError::class);
        $this->expectExceptionMessage($complaint);
        $passwords->verify('correct horse', null);
    }

    /** @return iterable<string, array{string, array<string, int>, string}> */
    public static function impossibleCosts(): iterable
    {
        yield 'bcrypt' => [PASSWORD_BCRYPT, ['cost' => 3], 'Invalid bcrypt cost parameter specified: 3'];
        yield 'memory' => [PASSWORD_ARGON2ID, ['memory_cost' => 1], 'Memory cost'];
        yield 'passes' => [PASSWORD_ARGON2ID, ['memory_cost' => 1024, 'time_cost' => 0], 'Time cost'];
    }
}
