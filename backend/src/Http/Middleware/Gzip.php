<?php

declare(strict_types=1);

namespace Syncline\Http\Middleware;

use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Message\StreamFactoryInterface;
use Psr\Http\Server\MiddlewareInterface;
use Psr\Http\Server\RequestHandlerInterface;

/** Compresses a reply of more than 1 KiB for a client that accepts gzip. */
final readonly class Gzip implements MiddlewareInterface
{
    private const BYTES_MIN = 1_025;

    /** Ops in base64 shrink to about the same size at every level, and this is one of the quick ones. */
    private const LEVEL = 4;

    public function __construct(private StreamFactoryInterface $streams)
    {
    }

    public function process(ServerRequestInterface $request, RequestHandlerInterface $handler): ResponseInterface
    {
        $response = $handler->handle($request)->withAddedHeader('Vary', 'Accept-Encoding');
        if ((int) $response->getBody()->getSize() < self::BYTES_MIN || !self::accepts($request)) {
            return $response;
        }
        $compressed = gzencode((string) $response->getBody(), self::LEVEL);
        if ($compressed === false) {
            return $response;
        }
        return $response->withHeader('Content-Encoding', 'gzip')
            ->withoutHeader('Content-Length')
            ->withBody($this->streams->createStream($compressed));
    }

    private static function accepts(ServerRequestInterface $request): bool
    {
        $any = false;
        foreach (explode(',', strtolower($request->getHeaderLine('Accept-Encoding'))) as $entry) {
            $parts = array_map(trim(...), explode(';', $entry));
            $isRefused = isset($parts[1]) && preg_match('/\Aq=0(\.0*)?\z/', $parts[1]) === 1;
            if ($parts[0] === 'gzip' || $parts[0] === 'x-gzip') {
                return !$isRefused;
            }
            $any = $any || ($parts[0] === '*' && !$isRefused);
        }
        return $any;
    }
}
