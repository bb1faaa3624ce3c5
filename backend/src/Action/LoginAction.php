<?php

declare(strict_types=1);

namespace Syncline\Action;

use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Syncline\Account\Accounts;
use Syncline\Account\ClientAddress;
use Syncline\Clock;
use Syncline\Http\Json;
use Syncline\Http\Middleware\Arrival;
use Syncline\Http\Middleware\JsonBody;

/** POST /v1/account/login */
final readonly class LoginAction
{
    public function __construct(private Accounts $accounts, private Clock $clock)
    {
    }

    public function __invoke(ServerRequestInterface $request, ResponseInterface $response): ResponseInterface
    {
        $input = JsonBody::input($request)->only('email', 'password');
        $tokens = $this->accounts->login(
            Credentials::email($input),
            Credentials::password($input),
            ClientAddress::of($request),
        );
        return Json::write($response, $tokens->members(Arrival::middleMs($request, $this->clock)));
    }
}
