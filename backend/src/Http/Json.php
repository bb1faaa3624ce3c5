<?php

declare(strict_types=1);

namespace Syncline\Http;

use Psr\Http\Message\ResponseInterface;

/** Writes JSON replies. */
final class Json
{
    /** @param array<string, mixed> $body */
    public static function write(ResponseInterface $response, array $body, int $status = 200): ResponseInterface
    {
        $flags = JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE;
        $response->getBody()->write(json_encode($body, $flags));
        return $response->withStatus($status)->withHeader('Content-Type', 'application/json');
    }
}
