<?php

declare(strict_types=1);

namespace Syncline\Http\Middleware;

use LogicException;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Server\MiddlewareInterface;
use Psr\Http\Server\RequestHandlerInterface;
use Syncline\Account\AccessTokens;
use Syncline\Codec\Code;
use Syncline\Http\ApiException;
use Syncline\Sync\Space;
use Syncline\Sync\SpaceRepository;

/** Lets only a request with a valid access token pass, and gives the route the space of its account. */
final readonly class Bearer implements MiddlewareInterface
{
    public function __construct(private AccessTokens $tokens, private SpaceRepository $spaces)
    {
    }

    public function process(ServerRequestInterface $request, RequestHandlerInterface $handler): ResponseInterface
    {
        // A token outlives its account by up to its lifetime, so the account is looked up each time.
        $space = $this->spaces->find($this->tokens->account(self::token($request)))
            ?? throw new ApiException(Code::TokenInvalid, 'The account no longer exists.');
        return $handler->handle($request->withAttribute(Space::class, $space));
    }

    /** Fails with token_missing. */
    public static function token(ServerRequestInterface $request): string
    {
        $header = $request->getHeaderLine('Authorization');
        return preg_match('/\ABearer +([A-Za-z0-9._~+\/=-]+) *\z/i', $header, $match) === 1
            ? $match[1]
            : throw new ApiException(Code::TokenMissing, 'There is no bearer token.');
    }

    public static function space(ServerRequestInterface $request): Space
    {
        $space = $request->getAttribute(Space::class);
        return $space instanceof Space ? $space : throw new LogicException('the route has no bearer token');
    }
}
