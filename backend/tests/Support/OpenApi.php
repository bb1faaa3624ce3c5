<?php

declare(strict_types=1);

namespace Syncline\Tests\Support;

use Opis\JsonSchema\Validator;
use PHPUnit\Framework\Assert;
use stdClass;
use Symfony\Component\Yaml\Yaml;

/** The contract of spec/openapi.yaml, and whether a reply keeps it. */
final class OpenApi
{
    private const ID = 'https://openapi.test/document';

    private static ?self $instance = null;
    public readonly stdClass $document;
    private readonly Validator $validator;

    private function __construct()
    {
        $file = dirname(__DIR__, 3) . '/spec/openapi.yaml';
        $document = Yaml::parseFile($file, Yaml::PARSE_OBJECT_FOR_MAP);
        Assert::assertInstanceOf(stdClass::class, $document);
        $this->document = $document;
        $this->validator = new Validator();
        $resolver = $this->validator->resolver();
        Assert::assertNotNull($resolver);
        $resolver->registerRaw($document, self::ID);
    }

    /** Parsed once: every test asks it about its replies. */
    public static function contract(): self
    {
        return self::$instance ??= new self();
    }

    /** Fails unless the operation has such a reply, with its content type, headers and body. */
    public function assertReply(string $method, string $path, Reply $reply): void
    {
        $operation = $this->find('paths', $path, strtolower($method));
        if ($operation === null) {
            Assert::assertContains($reply->status, [404, 405], 'a reply of an operation that the contract lacks');
            $this->assertValid('/components/schemas/Problem', $reply->text());
            return;
        }
        $place = $this->pointer('paths', $path, strtolower($method), 'responses', (string) $reply->status);
        $response = $this->at($place);
        Assert::assertNotNull($response, "$method $path may not answer $reply->status: " . $reply->text());
        if (isset($response->{'$ref'}) && is_string($response->{'$ref'})) {
            $place = substr($response->{'$ref'}, 1);
            $response = $this->at($place);
            Assert::assertNotNull($response);
        }
        $this->assertHeaders($response, $reply);
        $content = $response->content ?? null;
        if (!$content instanceof stdClass) {
            Assert::assertSame('', $reply->body);
            return;
        }
        $type = $reply->header('Content-Type');
        Assert::assertObjectHasProperty($type, $content);
        $this->assertValid($place . '/content/' . self::escape($type) . '/schema', $reply->text());
    }

    /** Fails unless the JSON text is valid by the schema at this place of the document. */
    public function assertValid(string $pointer, string $json): void
    {
        $this->assertValidValue($pointer, json_decode($json, false, 64, JSON_THROW_ON_ERROR));
    }

    public function assertValidValue(string $pointer, mixed $value): void
    {
        $result = $this->validator->validate($value, self::ID . '#' . $pointer);
        Assert::assertTrue($result->isValid(), $pointer . ': ' . json_encode($result->error()?->message()));
    }

    /** The object at a JSON pointer, if there is one. */
    public function at(string $pointer): ?stdClass
    {
        $value = $this->document;
        foreach (array_slice(explode('/', $pointer), 1) as $name) {
            $value = $value->{str_replace(['~1', '~0'], ['/', '~'], $name)} ?? null;
            if (!$value instanceof stdClass) {
                return null;
            }
        }
        return $value;
    }

    public function pointer(string ...$names): string
    {
        return '/' . implode('/', array_map(self::escape(...), $names));
    }

    private function find(string ...$names): ?stdClass
    {
        return $this->at($this->pointer(...$names));
    }

    private function assertHeaders(stdClass $response, Reply $reply): void
    {
        $headers = $response->headers ?? null;
        Assert::assertInstanceOf(stdClass::class, $headers);
        foreach (get_object_vars($headers) as $name => $header) {
            Assert::assertInstanceOf(stdClass::class, $header);
            Assert::assertIsString($header->{'$ref'});
            Assert::assertNotSame('', $reply->header($name), 'there is no header ' . $name);
            $this->assertValidValue(substr($header->{'$ref'}, 1) . '/schema', $reply->header($name));
        }
    }

    private static function escape(string $name): string
    {
        return str_replace(['~', '/'], ['~0', '~1'], $name);
    }
}
