<?php

declare(strict_types=1);

namespace Syncline\Action;

use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Syncline\Clock;
use Syncline\Codec\Limits;
use Syncline\Http\Input;
use Syncline\Http\Json;
use Syncline\Http\Middleware\Arrival;

/** GET /v1/meta */
final readonly class MetaAction
{
    public function __construct(private Clock $clock)
    {
    }

    public function __invoke(ServerRequestInterface $request, ResponseInterface $response): ResponseInterface
    {
        Input::fromQuery($request)->only();
        return Json::write($response, [
            'service' => 'syncline',
            'protocol' => ['min' => SyncRequest::PROTOCOL, 'max' => SyncRequest::PROTOCOL],
            'time' => Arrival::middleMs($request, $this->clock),
            'limits' => [
                'body_bytes' => Limits::BODY_BYTES,
                'batch_ops' => Limits::BATCH_OPS,
                'page_ops' => Limits::PAGE_OPS,
            ],
        ]);
    }
}
