<?php

declare(strict_types=1);

namespace Syncline\Http\Middleware;

use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Server\MiddlewareInterface;
use Psr\Http\Server\RequestHandlerInterface;

/** Sends the digest of each body, so that a client notices damage that happens outside of TLS. */
final readonly class UnencodedDigest implements MiddlewareInterface
{
    public const HEADER = 'Unencoded-Digest';

    public function process(ServerRequestInterface $request, RequestHandlerInterface $handler): ResponseInterface
    {
        $response = $handler->handle($request);
        $body = (string) $response->getBody();
        return $body === '' ? $response : $response->withHeader(self::HEADER, self::of($body));
    }

    /** The header's value for a body that is not compressed. */
    public static function of(string $body): string
    {
        return 'sha-256=:' . base64_encode(hash('sha256', $body, true)) . ':';
    }
}
