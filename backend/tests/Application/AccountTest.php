<?php

declare(strict_types=1);

namespace Syncline\Tests\Application;

use Firebase\JWT\JWT;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;
use Syncline\Codec\BatchEncoder;
use Syncline\Codec\Code;
use Syncline\Http\ApiException;
use Syncline\Sync\Push;
use Syncline\Sync\Pusher;
use Syncline\Tests\Support\Device;
use Syncline\Tests\Support\Ops;
use Syncline\Tests\Support\Reply;
use Syncline\Tests\Support\TestApp;

final class AccountTest extends TestCase
{
    private TestApp $app;

    protected function setUp(): void
    {
        $this->app = new TestApp();
    }

    public function testRegisteringGivesTokensThatWork(): void
    {
        $reply = $this->app->register();
        $members = ['account', 'access_token', 'refresh_token', 'expires_in', 'time'];
        self::assertSame($members, array_keys($reply->json()));
        self::assertSame(900, $reply->member('expires_in'));
        self::assertSame(43, strlen($reply->string('refresh_token')));
        self::assertSame(200, (new Device($this->app, $reply->string('access_token')))->sync([])->status);
    }

    public function testAnEmailIsComparedInLowerCase(): void
    {
        $this->app->register('Ann@Example.ORG');
        $this->post('register', ['email' => 'ann@example.org', 'password' => TestApp::PASSWORD])
            ->assertProblem(409, 'email_taken', '/email');
        self::assertSame(200, $this->login('aNN@example.org')->status);
    }

    public function testAWrongEmailAndAWrongPasswordAreOneError(): void
    {
        $this->app->register();
        $wrongPassword = $this->login('ann@example.org', 'wrong password');
        $wrongEmail = $this->login('bob@example.org');
        $wrongPassword->assertProblem(401, 'credentials_invalid');
        $wrongEmail->assertProblem(401, 'credentials_invalid');
        self::assertSame(
            array_diff_key($wrongEmail->json(), ['request_id' => 0]),
            array_diff_key($wrongPassword->json(), ['request_id' => 0]),
        );
    }

    public function testARefreshTokenIsReplacedAtEachUse(): void
    {
        $first = $this->app->register()->string('refresh_token');
        $second = $this->refresh($first)->string('refresh_token');
        $third = $this->refresh($second);
        self::assertSame(200, $third->status);
        self::assertCount(3, array_unique([$first, $second, $third->string('refresh_token')]));
    }

    public function testRegressionALostReplyIsForgivenUntilTheSuccessorIsUsed(): void
    {
        $first = $this->app->register()->string('refresh_token');
        $this->refresh($first);
        $this->app->clock->advanceSeconds(61);
        self::assertSame(200, $this->refresh($first)->status);
        $this->app->clock->advanceSeconds(80 * 86_400);
        $again = $this->refresh($first);
        self::assertSame(200, $again->status);
        self::assertSame(200, $this->refresh($again->string('refresh_token'))->status);
    }

    public function testRegressionASuccessorThatWasGivenAnewIsSpentAndItsUseRevokesTheFamily(): void
    {
        $first = $this->app->register()->string('refresh_token');
        $stolen = $this->refresh($first)->string('refresh_token');
        $second = $this->refresh($first)->string('refresh_token');
        $third = $this->refresh($second)->string('refresh_token');
        $this->refresh($stolen)->assertProblem(401, 'refresh_invalid', '/refresh_token');
        $this->refresh($third)->assertProblem(401, 'refresh_invalid', '/refresh_token');
    }

    public function testAReplacedTokenWhoseSuccessorWasUsedRevokesTheFamily(): void
    {
        $first = $this->app->register()->string('refresh_token');
        $second = $this->refresh($first)->string('refresh_token');
        $third = $this->refresh($second)->string('refresh_token');
        $this->refresh($first)->assertProblem(401, 'refresh_invalid', '/refresh_token');
        $this->refresh($third)->assertProblem(401, 'refresh_invalid', '/refresh_token');
    }

    public function testAFamilyIsRevokedAlone(): void
    {
        $phone = $this->app->register()->string('refresh_token');
        $tablet = $this->login('ann@example.org')->string('refresh_token');
        self::assertSame(204, $this->post('logout', ['refresh_token' => $phone])->status);
        $this->refresh($phone)->assertProblem(401, 'refresh_invalid', '/refresh_token');
        self::assertSame(200, $this->refresh($tablet)->status);
    }

    public function testARefreshTokenExpiresAfterNinetyDays(): void
    {
        $token = $this->app->register()->string('refresh_token');
        $this->app->clock->advanceSeconds(90 * 86_400);
        $this->refresh($token)->assertProblem(401, 'refresh_invalid', '/refresh_token');
    }

    public function testLoggingOutWithAnUnknownTokenIsFine(): void
    {
        self::assertSame(204, $this->post('logout', ['refresh_token' => 'unknown'])->status);
    }

    public function testDeletingAnAccountErasesEverything(): void
    {
        $reply = $this->app->register();
        $device = new Device($this->app, $reply->string('access_token'));
        $device->push([...Ops::many(20), Ops::op('meals/late/name', 1, 3_600_000)]);
        self::assertCount(1, $this->app->connection()->rows('SELECT * FROM fences'));
        $device->sync(['push' => ['fence' => 1, 'through' => 1, 'ops' => Ops::batch([])]]);
        self::assertCount(1, $this->app->connection()->rows('SELECT * FROM taken'));
        $this->login('ann@example.org');
        self::assertSame(204, $this->delete($device, TestApp::PASSWORD)->status);
        foreach (['accounts', 'spaces', 'slots', 'fences', 'taken', 'replicas', 'refresh_tokens'] as $table) {
            self::assertSame([[0]], $this->app->connection()->rows('SELECT COUNT(*) FROM ' . $table), $table);
        }
        $device->sync([])->assertProblem(401, 'token_invalid');
        $this->refresh($reply->string('refresh_token'))->assertProblem(401, 'refresh_invalid', '/refresh_token');
        $this->login('ann@example.org')->assertProblem(401, 'credentials_invalid');
        $this->app->register();
    }

    public function testRegressionADeletionIsAcknowledgedAgainWhileItsTokenIsValid(): void
    {
        $device = $this->app->device();
        foreach (['first', 'again'] as $time) {
            self::assertSame(204, $this->delete($device, TestApp::PASSWORD)->status, $time);
        }
        $device->sync([])->assertProblem(401, 'token_invalid');
        $this->delete(new Device($this->app, $device->token . 'x'), TestApp::PASSWORD)
            ->assertProblem(401, 'token_invalid');
        $this->app->clock->advanceSeconds(900);
        $this->delete($device, TestApp::PASSWORD)->assertProblem(401, 'token_expired');
    }

    /** @return iterable<string, array{array<string, mixed>}> */
    public static function rounds(): iterable
    {
        yield 'neither' => [[]];
        yield 'pull' => [['pull' => ['cursors' => ['*' => '']]]];
    }

    /** @param array<string, mixed> $members */
    #[DataProvider('rounds')]
    public function testRegressionADeletionDuringASyncInvalidatesItsToken(array $members): void
    {
        $device = $this->app->device();
        // The first two are its arrival and the one that the token is checked against.
        $this->app->clock->atCall(3, fn (): int => $this->app->connection()->execute('DELETE FROM accounts'));
        $device->sync($members)->assertProblem(401, 'token_invalid');
        self::assertSame([], $this->app->connection()->rows('SELECT * FROM replicas'));
        self::assertSame([], $this->app->connection()->rows('SELECT * FROM slots'));
    }

    public function testRegressionAPushIntoASpaceThatWasJustDeletedInvalidatesItsToken(): void
    {
        $space = (string) hex2bin($this->app->register()->string('account'));
        $this->app->connection()->execute('DELETE FROM accounts');
        try {
            $batch = BatchEncoder::encode(Ops::many(2));
            $this->app->service(Pusher::class)->push($space, Ops::replica(), new Push($batch));
            self::fail('it was taken');
        } catch (ApiException $failure) {
            self::assertSame(Code::TokenInvalid, $failure->errorCode);
        }
        self::assertSame([], $this->app->connection()->rows('SELECT * FROM replicas'));
        self::assertSame([], $this->app->connection()->rows('SELECT * FROM slots'));
    }

    public function testDeletingTakesThePassword(): void
    {
        $device = $this->app->device();
        $this->delete($device, 'wrong password')->assertProblem(401, 'credentials_invalid');
        self::assertSame(200, $device->sync([])->status);
    }

    public function testAPasswordCountsToItsLastByte(): void
    {
        $password = str_repeat('é', 127) . 'a';
        $this->post('register', ['email' => 'ann@example.org', 'password' => $password]);
        self::assertSame(200, $this->login('ann@example.org', $password)->status);
        self::assertSame(401, $this->login('ann@example.org', str_repeat('é', 127) . 'b')->status);
    }

    public function testAnAccessTokenExpiresAfterFifteenMinutes(): void
    {
        $device = $this->app->device();
        $this->app->clock->advanceSeconds(899);
        self::assertSame(200, $device->sync([])->status);
        $this->app->clock->advanceSeconds(1);
        $expired = $device->sync([]);
        $expired->assertProblem(401, 'token_expired');
        self::assertStringStartsWith('Bearer', $expired->header('WWW-Authenticate'));
    }

    public function testOnlyATokenOfThisServerIsAccepted(): void
    {
        $account = $this->app->register()->string('account');
        $now = intdiv($this->app->clock->nowMs, 1000);
        $claims = ['iss' => 'syncline', 'sub' => $account, 'iat' => $now, 'exp' => $now + 900, 'jti' => '1'];
        $token = static fn (array $changed, string $key = TestApp::SECRET): string =>
            JWT::encode(array_filter($changed + $claims, static fn ($claim): bool => $claim !== null), $key, 'HS256');
        self::assertSame(200, (new Device($this->app, $token([])))->sync([])->status);
        $parts = explode('.', $token([]));
        $none = rtrim(strtr(base64_encode('{"typ":"JWT","alg":"none"}'), '+/', '-_'), '=');
        $forged = [
            'another key' => $token([], str_repeat('k', 32)),
            'another issuer' => $token(['iss' => 'other']),
            'no issuer' => $token(['iss' => null]),
            'no expiry' => $token(['exp' => null]),
            'no issue time' => $token(['iat' => null]),
            'from the future' => $token(['iat' => $now + 60]),
            'no account' => $token(['sub' => null]),
            'another account' => $token(['sub' => '0123456789abcdef']),
            'an account of another form' => $token(['sub' => 'x']),
            'no algorithm' => $none . '.' . $parts[1] . '.',
            'cut' => substr($token([]), 0, -1),
            'not a token' => 'abc',
        ];
        foreach ($forged as $what => $text) {
            $reply = (new Device($this->app, $text))->sync([]);
            self::assertSame('token_invalid', $reply->member('code'), $what);
            self::assertSame(401, $reply->status);
        }
    }

    public function testRegressionATokenWithAHeaderOfWrongTypesIsInvalidAndNoFault(): void
    {
        $parts = explode('.', $this->app->register()->string('access_token'));
        foreach (
            [
                '{"alg":["HS256"]}', '{"alg":{"a":1}}', '{"alg":1}', '{"alg":null}', '{"alg":"HS256","kid":[]}',
                '{"alg":"HS256","kid":{}}', '["HS256"]', '"HS256"', 'null', '',
            ] as $header
        ) {
            $token = JWT::urlsafeB64Encode($header) . '.' . $parts[1] . '.' . $parts[2];
            $reply = $this->app->request('GET', '/v1/changes?cursor=', null, ['Authorization' => 'Bearer ' . $token]);
            self::assertSame('token_invalid', $reply->member('code'), $header);
        }
        self::assertSame([], $this->app->log->getRecords());
    }

    public function testWithoutABearerTokenItIsMissing(): void
    {
        $this->app->request('POST', '/v1/sync', [])->assertProblem(401, 'token_missing');
        $this->app->request('GET', '/v1/changes?cursor=')->assertProblem(401, 'token_missing');
        $this->app->request('POST', '/v1/sync', [], ['Authorization' => 'Basic YTpi'])
            ->assertProblem(401, 'token_missing');
        $this->app->request('DELETE', '/v1/account', ['password' => TestApp::PASSWORD])
            ->assertProblem(401, 'token_missing');
    }

    /** @param array<string, mixed> $body */
    private function post(string $action, array $body): Reply
    {
        return $this->app->request('POST', '/v1/account/' . $action, $body);
    }

    private function login(string $email, string $password = TestApp::PASSWORD): Reply
    {
        return $this->post('login', ['email' => $email, 'password' => $password]);
    }

    private function refresh(string $token): Reply
    {
        return $this->post('refresh', ['refresh_token' => $token]);
    }

    private function delete(Device $device, string $password): Reply
    {
        return $this->app->request('DELETE', '/v1/account', ['password' => $password], $device->authorization());
    }
}
