<?php

declare(strict_types=1);

namespace Syncline\Tests\Apache;

use CurlHandle;
use PHPUnit\Framework\Assert;
use Syncline\Tests\Support\Reply;

/** Speaks real HTTPS to the server that tests/bin/with-apache has started. */
final class HttpClient
{
    /** @var array<int, array<string, list<string>>> headers by handle */
    private array $headers = [];

    public static function url(): string
    {
        $url = getenv('SYNCLINE_TEST_URL');
        return $url !== false
            ? $url
            : Assert::fail('SYNCLINE_TEST_URL is not set; run this under tests/bin/with-apache');
    }

    /**
     * @param array<string, mixed>|string|null $body an array is sent as JSON, a string as it is
     * @param array<string, string> $headers
     * @param array<int, mixed> $options of curl
     */
    public function request(
        string $method,
        string $path,
        array|string|null $body = null,
        array $headers = [],
        array $options = [],
    ): Reply {
        $handle = $this->prepare($method, $path, $body, $headers, $options);
        $text = curl_exec($handle);
        Assert::assertIsString($text, curl_error($handle));
        return $this->reply($handle, $text);
    }

    /**
     * Sends all at the same time and returns the replies in the order of the requests.
     *
     * @param list<array{string, string, array<string, mixed>, array<string, string>}> $requests
     * @return list<Reply>
     */
    public function atOnce(array $requests): array
    {
        $multi = curl_multi_init();
        $handles = [];
        foreach ($requests as $request) {
            $handles[] = $handle = $this->prepare(...$request);
            curl_multi_add_handle($multi, $handle);
        }
        do {
            curl_multi_exec($multi, $active);
            curl_multi_select($multi, 0.1);
        } while ($active > 0);
        return array_map(
            fn (CurlHandle $handle): Reply => $this->reply($handle, (string) curl_multi_getcontent($handle)),
            $handles,
        );
    }

    /**
     * @param array<string, mixed>|string|null $body
     * @param array<string, string> $headers
     * @param array<int, mixed> $options
     */
    private function prepare(
        string $method,
        string $path,
        array|string|null $body,
        array $headers = [],
        array $options = [],
    ): CurlHandle {
        $handle = curl_init();
        if ($body !== null) {
            $options[CURLOPT_POSTFIELDS] = is_array($body) ? json_encode($body, JSON_THROW_ON_ERROR) : $body;
            $headers += ['Content-Type' => 'application/json'];
        }
        $lines = ['Expect:'];
        foreach ($headers as $name => $value) {
            $lines[] = $name . ': ' . $value;
        }
        $received = &$this->headers[spl_object_id($handle)];
        $received = [];
        curl_setopt_array($handle, $options + [
            CURLOPT_URL => self::url() . $path,
            CURLOPT_CUSTOMREQUEST => $method,
            CURLOPT_HTTPHEADER => $lines,
            CURLOPT_CAINFO => (string) getenv('SYNCLINE_TEST_CA'),
            CURLOPT_NOPROXY => '*',
            CURLOPT_TIMEOUT => 60,
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_HEADERFUNCTION => static function (CurlHandle $handle, string $line) use (&$received): int {
                [$name, $value] = explode(':', $line, 2) + [1 => ''];
                if ($value !== '') {
                    $received[strtolower(trim($name))][] = trim($value);
                }
                return strlen($line);
            },
        ]);
        return $handle;
    }

    private function reply(CurlHandle $handle, string $body): Reply
    {
        $status = curl_getinfo($handle, CURLINFO_RESPONSE_CODE);
        Assert::assertIsInt($status);
        return new Reply($status, $this->headers[spl_object_id($handle)] ?? [], $body);
    }
}
