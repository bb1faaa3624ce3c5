<?php

declare(strict_types=1);

namespace Syncline\Action;

use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Syncline\Account\Accounts;
use Syncline\Http\Middleware\JsonBody;

/** POST /v1/account/logout */
final readonly class LogoutAction
{
    public function __construct(private Accounts $accounts)
    {
    }

    public function __invoke(ServerRequestInterface $request, ResponseInterface $response): ResponseInterface
    {
        $input = JsonBody::input($request)->only('refresh_token');
        $this->accounts->logout($input->text('refresh_token'));
        return $response->withStatus(204);
    }
}
