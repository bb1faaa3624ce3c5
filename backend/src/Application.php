<?php

declare(strict_types=1);

namespace Syncline;

use Nyholm\Psr7\Factory\Psr17Factory;
use Nyholm\Psr7Server\ServerRequestCreator;
use Pimple\Psr11\Container as PsrContainer;
use Psr\Http\Message\ServerRequestInterface;
use Slim\App;
use Syncline\Account\AccessTokens;

/** Puts the files of config/ together. */
final class Application
{
    public static function container(Settings $settings): Services
    {
        /** @var callable(Settings): Services $make */
        $make = require dirname(__DIR__) . '/config/container.php';
        return $make($settings);
    }

    public static function app(Services $container): App
    {
        // Made now, so that a server without a secret fails at every request and not at the first login.
        $container->get(AccessTokens::class);
        $app = new App(new Psr17Factory(), new PsrContainer($container));
        $app->setBasePath($container->get(Settings::class)->basePath);
        foreach (['routes', 'middleware'] as $part) {
            /** @var callable(App): void $configure */
            $configure = require dirname(__DIR__) . '/config/' . $part . '.php';
            $configure($app);
        }
        return $app;
    }

    /**
     * The request that the web server handed over. Its address is the path alone: nothing asks for more, and neither a
     * host with an impossible port nor a query of more parameters than PHP takes apart is a fault of the server.
     *
     * @param array<string, mixed> $server as in $_SERVER
     * @param array<string, mixed> $query as in $_GET
     */
    public static function request(array $server, array $query): ServerRequestInterface
    {
        $factory = new Psr17Factory();
        $creator = new ServerRequestCreator($factory, $factory, $factory, $factory);
        // The headers are not taken from getallheaders(), which misses the Authorization that .htaccess repairs.
        $headers = ServerRequestCreator::getHeadersFromServer($server);
        $server = array_diff_key($server, ['HTTP_HOST' => 0, 'SERVER_PORT' => 0, 'QUERY_STRING' => 0]);
        if (is_string($server['REQUEST_URI'] ?? null)) {
            $server['REQUEST_URI'] = explode('?', $server['REQUEST_URI'], 2)[0];
        }
        $body = fopen('php://input', 'rb');
        return $creator->fromArrays($server, $headers, [], $query, null, [], $body === false ? null : $body);
    }
}
