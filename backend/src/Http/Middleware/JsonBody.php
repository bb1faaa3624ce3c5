<?php

declare(strict_types=1);

namespace Syncline\Http\Middleware;

use LogicException;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Server\MiddlewareInterface;
use Psr\Http\Server\RequestHandlerInterface;
use Syncline\Codec\Code;
use Syncline\Codec\Limits;
use Syncline\Http\ApiException;
use Syncline\Http\Input;
use Syncline\Http\StrictJson;

/** For the routes that have a body: one JSON object within the limit, and nothing in the query. */
final readonly class JsonBody implements MiddlewareInterface
{
    private const READ_BYTES = 16_384;

    public function process(ServerRequestInterface $request, RequestHandlerInterface $handler): ResponseInterface
    {
        Input::fromQuery($request)->only();
        $type = strtolower(trim(explode(';', $request->getHeaderLine('Content-Type'))[0]));
        if ($type !== 'application/json') {
            throw new ApiException(Code::UnsupportedMediaType, 'The content type must be application/json.');
        }
        $input = Input::fromObject(StrictJson::object(self::body($request)));
        return $handler->handle($request->withAttribute(Input::class, $input));
    }

    public static function input(ServerRequestInterface $request): Input
    {
        $input = $request->getAttribute(Input::class);
        return $input instanceof Input ? $input : throw new LogicException('the route has no JSON body');
    }

    /** Counts what arrives, because a request need not say its length, or the truth about it. */
    private static function body(ServerRequestInterface $request): string
    {
        $stream = $request->getBody();
        if ($stream->isSeekable()) {
            $stream->rewind();
        }
        $body = '';
        while (!$stream->eof() && strlen($body) <= Limits::BODY_BYTES) {
            $body .= $stream->read(self::READ_BYTES);
        }
        if (strlen($body) > Limits::BODY_BYTES) {
            throw BodyLimit::exceeded();
        }
        return $body;
    }
}
