<?php

declare(strict_types=1);

namespace Syncline\Tests\Apache;

use PHPUnit\Framework\TestCase;
use Syncline\Tests\Support\Ops;
use Syncline\Tests\Support\Reply;

final class SharedHostingTest extends TestCase
{
    private const PASSWORD = 'correct horse';

    private HttpClient $client;
    private string $token;

    protected function setUp(): void
    {
        $this->client = new HttpClient();
        $email = bin2hex(random_bytes(8)) . '@example.org';
        $reply = $this->client->request(
            'POST',
            '/v1/account/register',
            ['email' => $email, 'password' => self::PASSWORD],
        );
        self::assertSame(201, $reply->status, $reply->body);
        $this->token = $reply->string('access_token');
    }

    public function testTheAuthorizationHeaderThatFastCgiDropsIsRepaired(): void
    {
        self::assertSame(200, $this->sync([])->status);
        $this->client->request('POST', '/v1/sync', [])->assertProblem(401, 'token_missing');
    }

    public function testOpsGoThereAndBack(): void
    {
        $ops = Ops::many(300);
        self::assertSame(str_repeat('a', 300), $this->sync(['push' => ['ops' => Ops::batch($ops)]])
            ->string('push', 'verdicts'));
        $reply = $this->sync(['pull' => ['cursors' => ['*' => '']]]);
        self::assertSame(Ops::batch($ops), $reply->string('pull', 'ops'));
    }

    public function testALongReplyIsCompressed(): void
    {
        $this->sync(['push' => ['ops' => Ops::batch(Ops::many(300))]]);
        $pull = ['pull' => ['cursors' => ['*' => '']]];
        $compressed = $this->sync($pull, ['Accept-Encoding' => 'gzip']);
        self::assertSame('gzip', $compressed->header('Content-Encoding'));
        $plain = $this->sync($pull);
        self::assertSame('', $plain->header('Content-Encoding'));
        self::assertSame($plain->member('pull'), $compressed->member('pull'));
        $compressed->assertDigest();
        $plain->assertDigest();
    }

    public function testNothingNewIs304WithoutABody(): void
    {
        $authorization = ['Authorization' => 'Bearer ' . $this->token];
        $first = $this->client->request('GET', '/v1/changes?cursor=', null, $authorization);
        self::assertSame(200, $first->status);
        $tag = $first->header('ETag');
        $again = $this->client->request(
            'GET',
            '/v1/changes?cursor=',
            null,
            $authorization + ['If-None-Match' => $tag],
        );
        self::assertSame(304, $again->status);
        self::assertSame('', $again->body);
        self::assertSame($tag, $again->header('ETag'));
    }

    public function testABodyOfTheLimitReachesTheApplication(): void
    {
        $body = str_pad('{"email":"', 131_072, 'a');
        $this->client->request('POST', '/v1/account/login', $body)->assertProblem(400, 'json_malformed');
    }

    public function testABodyThatSaysThatItIsOverTheLimitIsAProblemAndNoPage(): void
    {
        $reply = $this->client->request('POST', '/v1/sync', str_repeat('a', 131_073));
        self::assertSame(413, $reply->status);
        self::assertSame('application/problem+json', $reply->header('Content-Type'));
        self::assertSame('body_too_large', $reply->member('code'));
        $reply->assertDigest();
        self::assertFalse($reply->member('retryable'));
        self::assertSame('no-store', $reply->header('Cache-Control'));
    }

    /** What a client has to expect of such a host, and why it keeps its bodies small: this is not the application. */
    public function testABodyOverTheLimitThatDoesNotSayItsLengthIsAnsweredByModFcgidWithAPage(): void
    {
        $sent = 0;
        $reply = $this->client->request('POST', '/v1/sync', null, [
            'Content-Type' => 'application/json',
            'Transfer-Encoding' => 'chunked',
        ], [
            CURLOPT_UPLOAD => true,
            CURLOPT_READFUNCTION => static function (mixed $handle, mixed $file, int $max) use (&$sent): string {
                $chunk = str_repeat('a', min($max, 131_073 - $sent));
                $sent += strlen($chunk);
                return $chunk;
            },
        ]);
        self::assertSame(500, $reply->status);
        self::assertStringStartsWith('text/html', $reply->header('Content-Type'));
        self::assertSame('', $reply->header('X-Request-Id'));
    }

    public function testRegressionMoreParametersThanPhpTakesAreAProblemOfTheClient(): void
    {
        $query = implode('&', array_map(static fn (int $number): string => 'a' . $number, range(1, 1_100)));
        $this->client->request('GET', '/v1/meta?' . $query)->assertProblem(422, 'unknown_member');
    }

    public function testRegressionAFolderIsNotRedirectedTo(): void
    {
        foreach (['/src', '/vendor', '/public', '/config/services', '/public/'] as $path) {
            $this->client->request('GET', $path)->assertProblem(404, 'not_found');
        }
    }

    public function testErrorsAreProblems(): void
    {
        $this->client->request('GET', '/nothing/here.php')->assertProblem(404, 'not_found');
        $this->client->request('PUT', '/v1/meta', [])->assertProblem(405, 'method_not_allowed');
    }

    public function testFilesBesideTheFrontControllerAreNotServed(): void
    {
        self::assertSame(403, $this->client->request('GET', '/.htaccess')->status);
        self::assertSame(403, $this->client->request('GET', '/.user.ini')->status);
        self::assertSame(404, $this->client->request('GET', '/composer.json')->status);
        foreach (['/vendor/autoload.php', '/bin/console', '/var/syncline.sqlite', '/config/public/x'] as $path) {
            $this->client->request('GET', $path)->assertProblem(404, 'not_found');
        }
        self::assertContains($this->client->request('GET', '/.env.example')->status, [403, 404]);
        $climbing = $this->client->request('GET', '/../.env.example', null, [], [CURLOPT_PATH_AS_IS => true]);
        self::assertContains($climbing->status, [400, 404]);
    }

    public function testTheServerDoesNotTellItsVersions(): void
    {
        $reply = $this->client->request('GET', '/v1/meta');
        self::assertSame('', $reply->header('X-Powered-By'));
        self::assertSame('Apache', $reply->header('Server'));
    }

    public function testTheCertificateIsVerified(): void
    {
        $handle = curl_init(HttpClient::url() . '/v1/meta');
        curl_setopt_array($handle, [CURLOPT_RETURNTRANSFER => true, CURLOPT_NOPROXY => '*']);
        self::assertFalse(curl_exec($handle));
        self::assertSame(60, curl_errno($handle));
    }

    public function testTlsIsAtLeastOfVersionOnePointTwo(): void
    {
        $authority = (string) getenv('SYNCLINE_TEST_CA');
        if ($authority === '') {
            self::fail('SYNCLINE_TEST_CA is not set');
        }
        foreach ([CURL_SSLVERSION_MAX_TLSv1_1 => false, CURL_SSLVERSION_MAX_TLSv1_2 => true] as $version => $works) {
            $handle = curl_init(HttpClient::url() . '/v1/meta');
            curl_setopt_array($handle, [
                CURLOPT_RETURNTRANSFER => true,
                CURLOPT_NOPROXY => '*',
                CURLOPT_CAINFO => $authority,
                CURLOPT_SSLVERSION => $version,
            ]);
            self::assertSame($works, is_string(curl_exec($handle)));
        }
    }

    /**
     * @param array<string, mixed> $members
     * @param array<string, string> $headers
     */
    private function sync(array $members, array $headers = []): Reply
    {
        return $this->client->request(
            'POST',
            '/v1/sync',
            $members + ['protocol' => 1, 'replica' => Ops::REPLICA],
            $headers + ['Authorization' => 'Bearer ' . $this->token],
        );
    }
}
