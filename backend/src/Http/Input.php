<?php

declare(strict_types=1);

namespace Syncline\Http;

use Psr\Http\Message\ServerRequestInterface;
use stdClass;
use Syncline\Codec\Code;

/**
 * The members of one JSON object of a request, read strictly: what is not of the type that is asked for is refused, and
 * so is, by only(), every member that nothing asks for. Every refusal says where.
 */
final readonly class Input
{
    private const NAME_SHOWN_BYTES = 128;

    /** @param array<string, mixed> $members their names after a dot: a PHP array would make an integer of the name 1 */
    private function __construct(private array $members, private string $pointer, private bool $isQuery = false)
    {
    }

    public static function fromObject(stdClass $object, string $pointer = ''): self
    {
        $members = [];
        foreach (get_object_vars($object) as $name => $value) {
            $members['.' . $name] = $value;
        }
        return new self($members, $pointer);
    }

    /** The parameters of the URL. They have no place in a document, so their refusals have no pointer. */
    public static function fromQuery(ServerRequestInterface $request): self
    {
        $members = [];
        foreach ($request->getQueryParams() as $name => $value) {
            $members['.' . $name] = $value;
        }
        return new self($members, '', true);
    }

    public function only(string ...$names): self
    {
        foreach ($this->names() as $name) {
            if (!in_array($name, $names, true)) {
                $shown = mb_strcut($name, 0, self::NAME_SHOWN_BYTES, 'UTF-8');
                $what = $this->isQuery ? 'parameter' : 'member';
                throw new ApiException(
                    Code::UnknownMember,
                    sprintf('The %s "%s" is not known.', $what, mb_scrub($shown, 'UTF-8')),
                    $this->pointerTo($shown),
                );
            }
        }
        return $this;
    }

    /** @return list<string> */
    public function names(): array
    {
        return array_map(static fn (string $key): string => substr($key, 1), array_keys($this->members));
    }

    public function has(string $name): bool
    {
        return array_key_exists('.' . $name, $this->members);
    }

    public function text(string $name): string
    {
        $value = $this->value($name);
        return is_string($value) ? $value : throw $this->invalid($name, 'must be a string');
    }

    public function textOrNull(string $name): ?string
    {
        return $this->value($name) === null ? null : $this->text($name);
    }

    public function textMatching(string $name, string $pattern, string $expected): string
    {
        $value = $this->text($name);
        return preg_match($pattern, $value) === 1 ? $value : throw $this->invalid($name, 'must be ' . $expected);
    }

    public function integer(string $name, int $min = PHP_INT_MIN, int $max = PHP_INT_MAX): int
    {
        $value = $this->value($name);
        if (!is_int($value)) {
            throw $this->invalid($name, 'must be an integer');
        }
        if ($value < $min || $value > $max) {
            throw $this->invalid($name, sprintf('must be from %d to %d', $min, $max));
        }
        return $value;
    }

    public function object(string $name): self
    {
        $value = $this->value($name);
        return $value instanceof stdClass
            ? self::fromObject($value, $this->pointer . '/' . self::escape($name))
            : throw $this->invalid($name, 'must be an object');
    }

    /** RFC 4648 with padding, in the one form that encodes the bytes. */
    public function base64(string $name): string
    {
        $text = $this->text($name);
        $bytes = base64_decode($text, true);
        // PHP's strict mode still passes over white space and missing padding.
        return $bytes !== false && base64_encode($bytes) === $text
            ? $bytes
            : throw $this->invalid($name, 'must be base64 with padding');
    }

    public function pointerTo(string $name): ?string
    {
        return $this->isQuery ? null : $this->pointer . '/' . self::escape($name);
    }

    public function invalid(string $name, string $problem): ApiException
    {
        $what = $this->isQuery ? 'parameter' : 'member';
        return new ApiException(
            Code::ValidationFailed,
            sprintf('The %s "%s" %s.', $what, mb_strcut($name, 0, self::NAME_SHOWN_BYTES, 'UTF-8'), $problem),
            $this->pointerTo($name),
        );
    }

    private function value(string $name): mixed
    {
        return $this->has($name) ? $this->members['.' . $name] : throw $this->invalid($name, 'is missing');
    }

    private static function escape(string $name): string
    {
        return str_replace(['~', '/'], ['~0', '~1'], mb_scrub($name, 'UTF-8'));
    }
}
