<?php

declare(strict_types=1);

namespace Syncline\Http;

use JsonException;
use stdClass;
use Syncline\Codec\Code;

/** Parses a JSON object and refuses what PHP's parser lets pass: a member that is there twice. */
final class StrictJson
{
    private const DEPTH_MAX = 16;
    private const TOKEN = '/"(?:[^"\\\\]++|\\\\.)*+"|[{}\[\],:]/s';

    public static function object(string $text): stdClass
    {
        try {
            $value = json_decode($text, false, self::DEPTH_MAX, JSON_THROW_ON_ERROR);
        } catch (JsonException) {
            throw new ApiException(Code::JsonMalformed, 'The body is not JSON.');
        }
        if (!$value instanceof stdClass) {
            throw new ApiException(Code::JsonMalformed, 'The body is not a JSON object.');
        }
        self::refuseDuplicates($text);
        return $value;
    }

    /** Walks over text that is known to be JSON. A string is a name when it comes first, or after a comma, in an object. */
    private static function refuseDuplicates(string $text): void
    {
        preg_match_all(self::TOKEN, $text, $matches);
        /** @var list<array<array-key, true>|null> $open the names seen in each open object; null for an array */
        $open = [];
        $names = null;
        $isName = false;
        foreach ($matches[0] as $token) {
            if ($token === '{' || $token === '[') {
                $open[] = $names;
                $names = $token === '{' ? [] : null;
                $isName = $names !== null;
            } elseif ($token === '}' || $token === ']') {
                $names = array_pop($open);
                $isName = false;
            } elseif ($token === ',') {
                $isName = $names !== null;
            } elseif ($isName && $token[0] === '"') {
                $name = json_decode($token);
                assert(is_string($name));
                if (isset($names['"' . $name])) {
                    throw new ApiException(Code::JsonMalformed, 'The body has a member twice.');
                }
                $names['"' . $name] = true;
                $isName = false;
            }
        }
    }
}
