<?php

declare(strict_types=1);

namespace Syncline\Account;

use Psr\Http\Message\ServerRequestInterface;

/** Where a request comes from, as the web server says. Headers are not believed: anybody can write them. */
final readonly class ClientAddress
{
    private const V4_IN_V6 = "\0\0\0\0\0\0\0\0\0\0\xFF\xFF";

    private function __construct(public string $network)
    {
    }

    public static function of(ServerRequestInterface $request): self
    {
        $text = $request->getServerParams()['REMOTE_ADDR'] ?? '';
        return self::parse(is_string($text) ? $text : '');
    }

    /** Of IPv6 the first 64 bits count, because one customer has all that follow. */
    public static function parse(string $text): self
    {
        $bytes = filter_var($text, FILTER_VALIDATE_IP) === false ? '' : (string) inet_pton($text);
        if (str_starts_with($bytes, self::V4_IN_V6)) {
            return new self(substr($bytes, 12));
        }
        return new self(substr($bytes, 0, 8));
    }
}
