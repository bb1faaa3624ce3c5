<?php

declare(strict_types=1);

namespace Syncline\Http\Middleware;

use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Server\MiddlewareInterface;
use Psr\Http\Server\RequestHandlerInterface;
use Syncline\Codec\Code;
use Syncline\Codec\Limits;
use Syncline\Http\ApiException;

/** Refuses a body that says that it is too large, before any of it is read, on every path. */
final readonly class BodyLimit implements MiddlewareInterface
{
    public function process(ServerRequestInterface $request, RequestHandlerInterface $handler): ResponseInterface
    {
        if ((int) $request->getHeaderLine('Content-Length') > Limits::BODY_BYTES) {
            throw self::exceeded();
        }
        return $handler->handle($request);
    }

    public static function exceeded(): ApiException
    {
        return new ApiException(
            Code::BodyTooLarge,
            sprintf('The body is larger than %d bytes.', Limits::BODY_BYTES),
        );
    }
}
