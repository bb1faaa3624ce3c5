<?php

declare(strict_types=1);

namespace Syncline\Tests\Application;

use PHPUnit\Framework\AssertionFailedError;
use PHPUnit\Framework\TestCase;
use stdClass;
use Syncline\Application;
use Syncline\Codec\Code;
use Syncline\Tests\Support\OpenApi;
use Syncline\Tests\Support\TestApp;

/** Holds spec/openapi.yaml to the application. Every reply of every other test is validated as it arrives. */
final class OpenApiTest extends TestCase
{
    private const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

    public function testTheOperationsAreTheRoutes(): void
    {
        $routes = [];
        foreach (Application::app((new TestApp())->container)->getRouteCollector()->getRoutes() as $route) {
            foreach ($route->getMethods() as $method) {
                $routes[] = strtolower($method) . ' ' . $route->getPattern();
            }
        }
        $operations = array_keys(self::operations());
        sort($routes);
        sort($operations);
        self::assertSame($routes, $operations);
    }

    public function testEveryCodeWithAStatusIsOneThatAProblemMayHave(): void
    {
        $opsOnly = ['key_malformed', 'key_too_long', 'value_malformed', 'value_too_large', 'value_too_deep',
            'value_not_finite', 'string_not_utf8', 'stamp_in_future'];
        $all = array_map(static fn (Code $code): string => $code->value, Code::cases());
        $contract = OpenApi::contract();
        $problem = $contract->at('/components/schemas/Problem/properties/code');
        self::assertEqualsCanonicalizing(array_diff($all, $opsOnly), $problem->enum ?? null);
        $push = '/components/schemas/SyncReply/properties/push';
        $refused = $contract->at($push . '/properties/refused/items/properties/code');
        self::assertEqualsCanonicalizing($opsOnly, $refused->enum ?? null);
    }

    public function testTheExamplesAreValid(): void
    {
        $contract = OpenApi::contract();
        $checked = 0;
        foreach (self::bodies() as $pointer => $body) {
            self::assertInstanceOf(stdClass::class, $body);
            $examples = $body->examples ?? new stdClass();
            self::assertInstanceOf(stdClass::class, $examples);
            foreach (get_object_vars($examples) as $example) {
                self::assertInstanceOf(stdClass::class, $example);
                self::assertIsString($example->{'$ref'});
                $value = $contract->at(substr($example->{'$ref'}, 1))->value ?? null;
                $contract->assertValidValue($pointer . '/schema', $value);
                $checked++;
            }
        }
        self::assertGreaterThan(8, $checked);
    }

    public function testTheExampleOfASyncWorks(): void
    {
        $example = OpenApi::contract()->at('/components/examples/SyncRequest/value');
        /** @var array<string, mixed> $members */
        $members = (array) $example;
        $reply = (new TestApp())->device()->sync($members);
        self::assertSame('aa', $reply->string('push', 'verdicts'));
    }

    public function testRequestsThatAreRefusedAreNotValidByTheContractEither(): void
    {
        $contract = OpenApi::contract();
        $contract->assertValid('/components/schemas/SyncRequest', '{"protocol":1,"replica":"0123456789abcdef"}');
        foreach (['{"protocol":1}', '{"protocol":2,"replica":"0123456789abcdef"}', '{"x":1}'] as $refused) {
            $isValid = true;
            try {
                $contract->assertValid('/components/schemas/SyncRequest', $refused);
            } catch (AssertionFailedError) {
                $isValid = false;
            }
            self::assertFalse($isValid, $refused);
        }
    }

    /** @return array<string, stdClass> method and path to operation */
    private static function operations(): array
    {
        $operations = [];
        $paths = OpenApi::contract()->at('/paths');
        self::assertNotNull($paths);
        foreach (get_object_vars($paths) as $path => $item) {
            self::assertInstanceOf(stdClass::class, $item);
            foreach (self::METHODS as $method) {
                $operation = $item->{$method} ?? null;
                if ($operation instanceof stdClass) {
                    $operations[$method . ' ' . $path] = $operation;
                }
            }
        }
        return $operations;
    }

    /** @return iterable<string, mixed> JSON pointer to media type object */
    private static function bodies(): iterable
    {
        $contract = OpenApi::contract();
        $places = [];
        foreach (array_keys(self::operations()) as $name) {
            [$method, $path] = explode(' ', $name);
            $places[] = $contract->pointer('paths', $path, $method, 'requestBody');
            $places[] = $contract->pointer('paths', $path, $method, 'responses', '200');
        }
        foreach (['requestBodies', 'responses'] as $kind) {
            foreach (array_keys((array) $contract->at('/components/' . $kind)) as $name) {
                $places[] = $contract->pointer('components', $kind, (string) $name);
            }
        }
        foreach ($places as $place) {
            foreach (['application/json', 'application/problem+json'] as $type) {
                $pointer = $place . '/content/' . str_replace('/', '~1', $type);
                $body = $contract->at($pointer);
                if ($body !== null) {
                    yield $pointer => $body;
                }
            }
        }
    }
}
