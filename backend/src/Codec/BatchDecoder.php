<?php

declare(strict_types=1);

namespace Syncline\Codec;

/**
 * Decodes a batch strictly. What cannot be followed to its end throws; a bad key or value inside a sound structure is
 * that op's own error.
 */
final class BatchDecoder
{
    public const VERSION = 0x01;
    public const HAS_STAMP = 0x01;
    public const HAS_COLLECTION = 0x02;
    public const HAS_RECORD = 0x04;
    public const HAS_FIELD = 0x08;
    public const HAS_ELEMENT = 0x10;
    private const HAS_ALL = 0x0F;
    private const RESERVED = 0xE0;

    private ?string $stamp = null;
    private ?string $collection = null;
    private ?string $record = null;
    private ?string $field = null;
    private ?Code $pathError = null;

    private function __construct(private readonly ByteReader $reader)
    {
    }

    /** @return list<Op> */
    public static function decode(string $batch): array
    {
        if (strlen($batch) > Limits::BATCH_BYTES) {
            throw new CodecException(Code::BatchTooLarge);
        }
        $decoder = new self(new ByteReader($batch, Code::BatchMalformed));
        return $decoder->ops();
    }

    /** @return list<Op> */
    private function ops(): array
    {
        if ($this->reader->byte() !== self::VERSION) {
            throw new CodecException(Code::BatchMalformed);
        }
        $count = $this->reader->varint();
        if ($count > Limits::BATCH_OPS) {
            throw new CodecException(Code::BatchTooLarge);
        }
        $ops = [];
        for ($index = 0; $index < $count; $index++) {
            $ops[] = $this->op($index === 0);
        }
        $this->reader->end();
        return $ops;
    }

    private function op(bool $first): Op
    {
        $flags = $this->reader->byte();
        if (($flags & self::RESERVED) !== 0 || ($first && ($flags & self::HAS_ALL) !== self::HAS_ALL)) {
            throw new CodecException(Code::BatchMalformed);
        }
        if (($flags & self::HAS_STAMP) !== 0) {
            $this->stamp = self::differing($this->stamp, $this->reader->take(Limits::STAMP_BYTES));
        }
        $this->readPath($flags);
        $element = '';
        if (($flags & self::HAS_ELEMENT) !== 0) {
            $element = $this->part();
            if ($element === '') {
                throw new CodecException(Code::BatchMalformed);
            }
        }
        $register = $this->part();
        assert(isset($this->stamp, $this->collection, $this->record, $this->field));
        return new Op(
            $this->stamp,
            $this->collection,
            $this->record,
            $this->field,
            $element,
            $register,
            $this->pathError
                ?? SlotPath::elementError($this->field, $element)
                ?? ValueCodec::registerError($register),
        );
    }

    private function readPath(int $flags): void
    {
        if (($flags & self::HAS_COLLECTION) !== 0) {
            $this->collection = self::differing($this->collection, $this->name());
        }
        if (($flags & self::HAS_RECORD) !== 0) {
            $this->record = self::differing($this->record, $this->name());
        }
        if (($flags & self::HAS_FIELD) !== 0) {
            $this->field = self::differing($this->field, $this->name());
        }
        if (($flags & (self::HAS_COLLECTION | self::HAS_RECORD | self::HAS_FIELD)) !== 0) {
            assert(isset($this->collection, $this->record, $this->field));
            // The error is kept for the ops that inherit these names.
            $this->pathError = SlotPath::collectionError($this->collection)
                ?? SlotPath::recordError($this->record)
                ?? SlotPath::fieldError($this->field);
        }
    }

    private function part(): string
    {
        return $this->reader->take($this->reader->varint());
    }

    private function name(): string
    {
        $name = $this->part();
        if (strlen($name) > Limits::BATCH_NAME_BYTES) {
            throw new CodecException(Code::BatchMalformed);
        }
        return $name;
    }

    private static function differing(?string $before, string $now): string
    {
        if ($before === $now) {
            throw new CodecException(Code::BatchMalformed);
        }
        return $now;
    }
}
