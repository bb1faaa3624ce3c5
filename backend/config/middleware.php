<?php

/** What is added last runs first: Arrival, RequestId, Gzip, UnencodedDigest, Errors, BodyLimit, then the routing. */

declare(strict_types=1);

use Slim\App;
use Syncline\Http\Middleware\Arrival;
use Syncline\Http\Middleware\BodyLimit;
use Syncline\Http\Middleware\Errors;
use Syncline\Http\Middleware\Gzip;
use Syncline\Http\Middleware\RequestId;
use Syncline\Http\Middleware\UnencodedDigest;

return static function (App $app): void {
    $app->addRoutingMiddleware();
    $app->add(BodyLimit::class);
    $app->add(Errors::class);
    $app->add(UnencodedDigest::class);
    $app->add(Gzip::class);
    $app->add(RequestId::class);
    $app->add(Arrival::class);
};
