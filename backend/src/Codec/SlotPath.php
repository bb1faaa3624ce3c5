<?php

declare(strict_types=1);

namespace Syncline\Codec;

/** The four names of a slot, their limits, and the key that joins them. */
final class SlotPath
{
    public const LIVE = 'live';
    public const DEAD = 'dead';

    public static function collectionError(string $collection): ?Code
    {
        return self::nameError($collection, Limits::COLLECTION_BYTES);
    }

    public static function recordError(string $record): ?Code
    {
        return self::nameError($record, Limits::RECORD_BYTES);
    }

    /** An empty field is right: it belongs to the record itself. */
    public static function fieldError(string $field): ?Code
    {
        return $field === '' ? null : self::nameError($field, Limits::FIELD_BYTES);
    }

    public static function elementError(string $field, string $element): ?Code
    {
        if (strlen($element) > Limits::ELEMENT_BYTES) {
            return Code::KeyTooLong;
        }
        return $field === '' && $element !== self::LIVE && $element !== self::DEAD ? Code::KeyMalformed : null;
    }

    public static function error(string $collection, string $record, string $field, string $element): ?Code
    {
        return self::collectionError($collection)
            ?? self::recordError($record)
            ?? self::fieldError($field)
            ?? self::elementError($field, $element);
    }

    public static function key(string $collection, string $record, string $field, string $element): string
    {
        return $collection . "\0" . $record . "\0" . $field . "\0" . $element;
    }

    /** The first key that is greater than every key of the record. Its `dead` slot has the least of them. */
    public static function recordEnd(string $collection, string $record): string
    {
        return $collection . "\0" . $record . "\x01";
    }

    /**
     * @return array{string, string, string, string} collection, record, field, element
     */
    public static function split(string $key): array
    {
        $parts = explode("\0", $key, 4);
        if (count($parts) !== 4) {
            throw new CodecException(Code::KeyMalformed);
        }
        return $parts;
    }

    private static function nameError(string $name, int $maxBytes): ?Code
    {
        if (strlen($name) > $maxBytes) {
            return Code::KeyTooLong;
        }
        return preg_match('/\A[^\x00-\x1F\x7F]+\z/u', $name) === 1 ? null : Code::KeyMalformed;
    }
}
