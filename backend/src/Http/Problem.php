<?php

declare(strict_types=1);

namespace Syncline\Http;

use Psr\Http\Message\ResponseInterface;
use Syncline\Codec\Code;

/** Writes RFC 9457 problems. */
final class Problem
{
    public const INTERNAL_DETAIL = 'The server failed; the request id finds the reason in its log.';

    private const TITLES = [
        400 => 'Bad Request',
        401 => 'Unauthorized',
        404 => 'Not Found',
        405 => 'Method Not Allowed',
        409 => 'Conflict',
        413 => 'Content Too Large',
        415 => 'Unsupported Media Type',
        422 => 'Unprocessable Content',
        429 => 'Too Many Requests',
        500 => 'Internal Server Error',
        503 => 'Service Unavailable',
    ];

    public static function write(
        ResponseInterface $response,
        ApiException $problem,
        string $requestId,
    ): ResponseInterface {
        $status = $problem->errorCode->status() ?? 500;
        $body = self::members($problem->errorCode, $problem->detail, $requestId) + $problem->extensions;
        if ($problem->pointer !== null) {
            $body['pointer'] = $problem->pointer;
        }
        $response = Json::write($response, $body, $status)->withHeader('Content-Type', 'application/problem+json');
        if ($status === 401) {
            $response = $response->withHeader('WWW-Authenticate', 'Bearer realm="syncline"');
        }
        return $problem->retryAfterSeconds === null
            ? $response
            : $response->withHeader('Retry-After', (string) $problem->retryAfterSeconds);
    }

    /** @return array<string, mixed> */
    public static function members(Code $code, string $detail, string $requestId): array
    {
        $status = $code->status() ?? 500;
        return [
            'type' => 'about:blank',
            'title' => self::TITLES[$status],
            'status' => $status,
            'code' => $code->value,
            'detail' => $detail,
            'retryable' => $code->retryable(),
            'request_id' => $requestId,
        ];
    }
}
