<?php

declare(strict_types=1);

namespace Syncline\Http\Middleware;

use Psr\Http\Message\ResponseFactoryInterface;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Server\MiddlewareInterface;
use Psr\Http\Server\RequestHandlerInterface;
use Syncline\Account\AccessTokens;
use Syncline\Sync\Space;
use Syncline\Sync\SpaceRepository;

/** Bearer for the deletion of the account: that it is gone is what was asked for, perhaps before, and no error. */
final readonly class BearerOrGone implements MiddlewareInterface
{
    public function __construct(
        private AccessTokens $tokens,
        private SpaceRepository $spaces,
        private ResponseFactoryInterface $responses,
    ) {
    }

    public function process(ServerRequestInterface $request, RequestHandlerInterface $handler): ResponseInterface
    {
        $space = $this->spaces->find($this->tokens->account(Bearer::token($request)));
        return $space === null
            ? $this->responses->createResponse(204)
            : $handler->handle($request->withAttribute(Space::class, $space));
    }
}
