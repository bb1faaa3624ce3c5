<?php

declare(strict_types=1);

namespace Syncline\Action;

use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Syncline\Account\Accounts;
use Syncline\Http\Middleware\Bearer;
use Syncline\Http\Middleware\JsonBody;

/** DELETE /v1/account */
final readonly class DeleteAccountAction
{
    public function __construct(private Accounts $accounts)
    {
    }

    public function __invoke(ServerRequestInterface $request, ResponseInterface $response): ResponseInterface
    {
        $input = JsonBody::input($request)->only('password');
        $this->accounts->delete(Bearer::space($request)->id, Credentials::password($input));
        return $response->withStatus(204);
    }
}
