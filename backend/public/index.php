<?php

declare(strict_types=1);

use Syncline\Application;
use Syncline\Http\Startup;
use Syncline\Settings;

// Before anything can go wrong: what PHP has to say is for its log.
ini_set('display_errors', '0');
// The log, and what SQLite keeps beside its file, are for their owner alone.
umask(0077);
$root = dirname(__DIR__);
require $root . '/vendor/autoload.php';

Startup::guard();
try {
    /** @var array<string, mixed> $server */
    $server = $_SERVER;
    /** @var array<string, mixed> $query */
    $query = $_GET;
    $app = Application::app(Application::container(Settings::load($root, $server)));
    $request = Application::request($server, $query);
} catch (Throwable $failure) {
    Startup::fail($failure);
    return;
}
$app->run($request);
