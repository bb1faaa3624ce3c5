<?php

/** The middleware and the actions. */

declare(strict_types=1);

use Nyholm\Psr7\Factory\Psr17Factory;
use Psr\Log\LoggerInterface;
use Syncline\Account\AccessTokens;
use Syncline\Account\Accounts;
use Syncline\Action\ChangesAction;
use Syncline\Action\DeleteAccountAction;
use Syncline\Action\LoginAction;
use Syncline\Action\LogoutAction;
use Syncline\Action\MetaAction;
use Syncline\Action\RefreshAction;
use Syncline\Action\RegisterAction;
use Syncline\Action\SyncAction;
use Syncline\Clock;
use Syncline\Http\Middleware\Arrival;
use Syncline\Http\Middleware\Bearer;
use Syncline\Http\Middleware\BearerOrGone;
use Syncline\Http\Middleware\BodyLimit;
use Syncline\Http\Middleware\Errors;
use Syncline\Http\Middleware\Gzip;
use Syncline\Http\Middleware\JsonBody;
use Syncline\Http\Middleware\RequestId;
use Syncline\Http\Middleware\UnencodedDigest;
use Syncline\Services;
use Syncline\Sync\Puller;
use Syncline\Sync\Pusher;
use Syncline\Sync\Replicas;
use Syncline\Sync\SpaceRepository;

return static function (Services $services): void {
    $services->set(Arrival::class, static fn (Services $all): Arrival => new Arrival($all->get(Clock::class)));
    $services->set(RequestId::class, static fn (): RequestId => new RequestId());
    $services->set(BodyLimit::class, static fn (): BodyLimit => new BodyLimit());
    $services->set(JsonBody::class, static fn (): JsonBody => new JsonBody());
    $services->set(Gzip::class, static fn (Services $all): Gzip => new Gzip($all->get(Psr17Factory::class)));
    $services->set(UnencodedDigest::class, static fn (): UnencodedDigest => new UnencodedDigest());
    $services->set(Errors::class, static fn (Services $all): Errors => new Errors(
        $all->get(Psr17Factory::class),
        $all->get(LoggerInterface::class),
    ));
    $services->set(Bearer::class, static fn (Services $all): Bearer => new Bearer(
        $all->get(AccessTokens::class),
        $all->get(SpaceRepository::class),
    ));
    $services->set(BearerOrGone::class, static fn (Services $all): BearerOrGone => new BearerOrGone(
        $all->get(AccessTokens::class),
        $all->get(SpaceRepository::class),
        $all->get(Psr17Factory::class),
    ));
    $services->set(RegisterAction::class, static fn (Services $all): RegisterAction => new RegisterAction(
        $all->get(Accounts::class),
        $all->get(Clock::class),
    ));
    $services->set(LoginAction::class, static fn (Services $all): LoginAction => new LoginAction(
        $all->get(Accounts::class),
        $all->get(Clock::class),
    ));
    $services->set(RefreshAction::class, static fn (Services $all): RefreshAction => new RefreshAction(
        $all->get(Accounts::class),
        $all->get(Clock::class),
    ));
    $services->set(LogoutAction::class, static fn (Services $all): LogoutAction => new LogoutAction(
        $all->get(Accounts::class),
    ));
    $services->set(
        DeleteAccountAction::class,
        static fn (Services $all): DeleteAccountAction => new DeleteAccountAction($all->get(Accounts::class)),
    );
    $services->set(MetaAction::class, static fn (Services $all): MetaAction => new MetaAction($all->get(Clock::class)));
    $services->set(ChangesAction::class, static fn (Services $all): ChangesAction => new ChangesAction(
        $all->get(Puller::class),
        $all->get(Clock::class),
    ));
    $services->set(SyncAction::class, static fn (Services $all): SyncAction => new SyncAction(
        $all->get(Pusher::class),
        $all->get(Puller::class),
        $all->get(Replicas::class),
        $all->get(Clock::class),
    ));
};
