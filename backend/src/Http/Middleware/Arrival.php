<?php

declare(strict_types=1);

namespace Syncline\Http\Middleware;

use LogicException;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Server\MiddlewareInterface;
use Psr\Http\Server\RequestHandlerInterface;
use Syncline\Clock;

/** Notes when a request was there, before anything has waited for a database. */
final readonly class Arrival implements MiddlewareInterface
{
    private const ATTRIBUTE = 'arrived_ms';

    public function __construct(private Clock $clock)
    {
    }

    public function process(ServerRequestInterface $request, RequestHandlerInterface $handler): ResponseInterface
    {
        return $handler->handle($request->withAttribute(self::ATTRIBUTE, $this->clock->nowMs()));
    }

    /** The `time` of a reply. A client takes its own middle for the same moment, so waiting does not count. */
    public static function middleMs(ServerRequestInterface $request, Clock $clock): int
    {
        $arrivedMs = $request->getAttribute(self::ATTRIBUTE);
        return is_int($arrivedMs)
            ? intdiv($arrivedMs + $clock->nowMs(), 2)
            : throw new LogicException('the request has no time of arrival');
    }
}
