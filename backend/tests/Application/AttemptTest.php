<?php

declare(strict_types=1);

namespace Syncline\Tests\Application;

use PHPUnit\Framework\TestCase;
use Syncline\Account\AttemptCounter;
use Syncline\Account\AttemptGuard;
use Syncline\Account\ClientAddress;
use Syncline\Tests\Support\Device;
use Syncline\Tests\Support\Reply;
use Syncline\Tests\Support\TestApp;

final class AttemptTest extends TestCase
{
    private const WRONG = 'wrong password';

    private TestApp $app;

    protected function setUp(): void
    {
        $this->app = new TestApp();
    }

    public function testTenFailuresForOneEmailFromOneAddressAreRateLimitedAndPass(): void
    {
        $this->app->register();
        for ($attempt = 0; $attempt < 10; $attempt++) {
            $this->login('ann@example.org', self::WRONG)->assertProblem(401, 'credentials_invalid');
            $this->app->clock->advanceSeconds(1);
        }
        $limited = $this->login('ann@example.org');
        $limited->assertProblem(429, 'rate_limited');
        self::assertTrue($limited->member('retryable'));
        self::assertSame('890', $limited->header('Retry-After'));
        self::assertSame(401, $this->login('bob@example.org')->status);
        $this->app->clock->advanceSeconds(890);
        self::assertSame(200, $this->login('ann@example.org')->status);
    }

    public function testASuccessForgetsTheFailuresBefore(): void
    {
        $this->app->register();
        for ($attempt = 0; $attempt < 18; $attempt++) {
            $this->login('ann@example.org', $attempt === 9 ? TestApp::PASSWORD : self::WRONG);
        }
        self::assertSame(200, $this->login('ann@example.org')->status);
    }

    public function testRegressionAStrangerWhoGuessesKeepsTheOwnerFromNothing(): void
    {
        $device = $this->app->device();
        $this->app->address = '198.51.100.7';
        for ($attempt = 0; $attempt < 20; $attempt++) {
            $this->login('ann@example.org', self::WRONG);
        }
        $this->login('ann@example.org')->assertProblem(429, 'rate_limited');
        $this->app->address = '192.0.2.1';
        self::assertSame(200, $this->login('ann@example.org')->status);
        $this->app->address = '198.51.100.7';
        self::assertSame(204, $this->delete($device, TestApp::PASSWORD)->status);
    }

    public function testTenFailedDeletionsOfOneAccountAreRateLimitedAndItsLoginsAreNot(): void
    {
        $device = $this->app->device();
        for ($attempt = 0; $attempt < 10; $attempt++) {
            $this->delete($device, self::WRONG)->assertProblem(401, 'credentials_invalid');
        }
        $this->delete($device, TestApp::PASSWORD)->assertProblem(429, 'rate_limited');
        self::assertSame(200, $this->login('ann@example.org')->status);
        self::assertSame(204, $this->delete($this->app->device('bob@example.org'), TestApp::PASSWORD)->status);
    }

    public function testAHundredFailuresForOneEmailFromAnywhereAreRateLimited(): void
    {
        $this->app->register();
        for ($attempt = 0; $attempt < 100; $attempt++) {
            $this->app->address = '198.51.100.' . $attempt;
            $this->login('ann@example.org', self::WRONG)->assertProblem(401, 'credentials_invalid');
        }
        $this->app->address = '192.0.2.1';
        $this->login('ann@example.org')->assertProblem(429, 'rate_limited');
    }

    public function testThreeHundredRegistrationsAndFailedLoginsFromOneAddressAreRateLimited(): void
    {
        $counter = AttemptCounter::ofAddress(ClientAddress::parse($this->app->address));
        $this->app->service(AttemptGuard::class)->count(...array_fill(0, 298, $counter));
        $this->app->register();
        $this->login('bob@example.org')->assertProblem(401, 'credentials_invalid');
        $this->login('carol@example.org')->assertProblem(429, 'rate_limited');
        $body = ['email' => 'dan@example.org', 'password' => TestApp::PASSWORD];
        $this->app->request('POST', '/v1/account/register', $body)->assertProblem(429, 'rate_limited');
        $this->app->address = '198.51.100.7';
        self::assertSame(200, $this->login('ann@example.org')->status);
    }

    public function testOneNetworkOfIpv6IsOneAddress(): void
    {
        $network = static fn (string $address): string => bin2hex(ClientAddress::parse($address)->network);
        self::assertSame($network('2001:db8:1:2::1'), $network('2001:db8:1:2:ffff::9'));
        self::assertNotSame($network('2001:db8:1:2::1'), $network('2001:db8:1:3::1'));
        self::assertSame('c0000201', $network('192.0.2.1'));
        self::assertSame('c0000201', $network('::ffff:192.0.2.1'));
        self::assertSame('', $network('unix:'));
    }

    private function login(string $email, string $password = TestApp::PASSWORD): Reply
    {
        return $this->app->request('POST', '/v1/account/login', ['email' => $email, 'password' => $password]);
    }

    private function delete(Device $device, string $password): Reply
    {
        return $this->app->request('DELETE', '/v1/account', ['password' => $password], $device->authorization());
    }
}
