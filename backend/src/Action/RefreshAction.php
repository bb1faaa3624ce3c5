<?php

declare(strict_types=1);

namespace Syncline\Action;

use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Syncline\Account\Accounts;
use Syncline\Clock;
use Syncline\Http\Json;
use Syncline\Http\Middleware\Arrival;
use Syncline\Http\Middleware\JsonBody;

/** POST /v1/account/refresh */
final readonly class RefreshAction
{
    public function __construct(private Accounts $accounts, private Clock $clock)
    {
    }

    public function __invoke(ServerRequestInterface $request, ResponseInterface $response): ResponseInterface
    {
        $input = JsonBody::input($request)->only('refresh_token');
        $tokens = $this->accounts->refresh($input->text('refresh_token'));
        return Json::write($response, $tokens->members(Arrival::middleMs($request, $this->clock)));
    }
}
