<?php

declare(strict_types=1);

namespace Syncline\Http\Middleware;

use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Server\MiddlewareInterface;
use Psr\Http\Server\RequestHandlerInterface;

/** The outermost: names the request, and gives every reply the headers that all replies have. */
final readonly class RequestId implements MiddlewareInterface
{
    public const ATTRIBUTE = 'request_id';

    public function process(ServerRequestInterface $request, RequestHandlerInterface $handler): ResponseInterface
    {
        $id = self::generate();
        return $handler->handle($request->withAttribute(self::ATTRIBUTE, $id))
            ->withHeader('X-Request-Id', $id)
            ->withHeader('X-Content-Type-Options', 'nosniff')
            ->withHeader('Cache-Control', 'no-store');
    }

    public static function generate(): string
    {
        return bin2hex(random_bytes(8));
    }

    public static function of(ServerRequestInterface $request): string
    {
        $id = $request->getAttribute(self::ATTRIBUTE);
        return is_string($id) ? $id : self::generate();
    }
}
