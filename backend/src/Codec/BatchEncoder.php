<?php

declare(strict_types=1);

namespace Syncline\Codec;

/** Builds the one canonical batch of the ops that it is given, in their order. */
final class BatchEncoder
{
    private int $count = 0;
    private string $body = '';
    private ?string $stamp = null;
    private ?string $collection = null;
    private ?string $record = null;
    private ?string $field = null;

    public function add(
        string $stamp,
        string $collection,
        string $record,
        string $field,
        string $element,
        string $register,
    ): void {
        $flags = 0;
        $parts = '';
        if ($stamp !== $this->stamp) {
            $flags |= BatchDecoder::HAS_STAMP;
            $parts .= $this->stamp = $stamp;
        }
        if ($collection !== $this->collection) {
            $flags |= BatchDecoder::HAS_COLLECTION;
            $parts .= self::part($this->collection = $collection);
        }
        if ($record !== $this->record) {
            $flags |= BatchDecoder::HAS_RECORD;
            $parts .= self::part($this->record = $record);
        }
        if ($field !== $this->field) {
            $flags |= BatchDecoder::HAS_FIELD;
            $parts .= self::part($this->field = $field);
        }
        if ($element !== '') {
            $flags |= BatchDecoder::HAS_ELEMENT;
            $parts .= self::part($element);
        }
        $this->body .= chr($flags) . $parts . self::part($register);
        $this->count++;
    }

    /** @param iterable<Op> $ops */
    public static function encode(iterable $ops): string
    {
        $encoder = new self();
        foreach ($ops as $op) {
            $encoder->add($op->stamp, $op->collection, $op->record, $op->field, $op->element, $op->register);
        }
        return $encoder->bytes();
    }

    /**
     * The size that the batch of these ops would have if every op had all its parts: in no order, and with none of the
     * ops in between, is their batch larger.
     *
     * @param array<Op> $ops
     */
    public static function expandedSize(array $ops): int
    {
        $size = 1 + strlen(ByteReader::encodeVarint(count($ops)));
        foreach ($ops as $op) {
            $size += 1 + strlen($op->stamp);
            foreach ([$op->collection, $op->record, $op->field, $op->register] as $part) {
                $size += self::partSize($part);
            }
            $size += $op->element === '' ? 0 : self::partSize($op->element);
        }
        return $size;
    }

    public function bytes(): string
    {
        return chr(BatchDecoder::VERSION) . ByteReader::encodeVarint($this->count) . $this->body;
    }

    private static function partSize(string $part): int
    {
        $size = strlen($part);
        return $size + ($size < 0x80 ? 1 : strlen(ByteReader::encodeVarint($size)));
    }

    private static function part(string $part): string
    {
        return ByteReader::encodeVarint(strlen($part)) . $part;
    }
}
