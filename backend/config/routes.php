<?php

/** What is added last runs first: the token is looked at before the body. */

declare(strict_types=1);

use Slim\App;
use Syncline\Action\ChangesAction;
use Syncline\Action\DeleteAccountAction;
use Syncline\Action\LoginAction;
use Syncline\Action\LogoutAction;
use Syncline\Action\MetaAction;
use Syncline\Action\RefreshAction;
use Syncline\Action\RegisterAction;
use Syncline\Action\SyncAction;
use Syncline\Http\Middleware\Bearer;
use Syncline\Http\Middleware\BearerOrGone;
use Syncline\Http\Middleware\JsonBody;

return static function (App $app): void {
    $app->get('/v1/meta', MetaAction::class);
    $app->post('/v1/account/register', RegisterAction::class)->add(JsonBody::class);
    $app->post('/v1/account/login', LoginAction::class)->add(JsonBody::class);
    $app->post('/v1/account/refresh', RefreshAction::class)->add(JsonBody::class);
    $app->post('/v1/account/logout', LogoutAction::class)->add(JsonBody::class);
    $app->delete('/v1/account', DeleteAccountAction::class)->add(JsonBody::class)->add(BearerOrGone::class);
    $app->post('/v1/sync', SyncAction::class)->add(JsonBody::class)->add(Bearer::class);
    $app->get('/v1/changes', ChangesAction::class)->add(Bearer::class);
};
