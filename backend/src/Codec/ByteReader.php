<?php

declare(strict_types=1);

namespace Syncline\Codec;

/** Reads bytes front to back and fails with one given code at whatever cannot be read. */
final class ByteReader
{
    private int $offset = 0;
    private readonly int $size;

    public function __construct(private readonly string $bytes, private readonly Code $failure)
    {
        $this->size = strlen($bytes);
    }

    public function byte(): int
    {
        if ($this->offset >= $this->size) {
            throw new CodecException($this->failure);
        }
        return ord($this->bytes[$this->offset++]);
    }

    public function take(int $count): string
    {
        if ($count > $this->size - $this->offset) {
            throw new CodecException($this->failure);
        }
        $taken = substr($this->bytes, $this->offset, $count);
        $this->offset += $count;
        return $taken;
    }

    /** Unsigned LEB128 of at most 5 bytes, below 2^32, in its shortest form. */
    public function varint(): int
    {
        $byte = $this->byte();
        if ($byte < 0x80) {
            return $byte;
        }
        $value = $byte & 0x7F;
        for ($shift = 7; $shift <= 28; $shift += 7) {
            $byte = $this->byte();
            $value |= ($byte & 0x7F) << $shift;
            if ($byte < 0x80) {
                if ($byte === 0 || $value > 0xFFFFFFFF) {
                    break;
                }
                return $value;
            }
        }
        throw new CodecException($this->failure);
    }

    public function remaining(): int
    {
        return $this->size - $this->offset;
    }

    public function end(): void
    {
        if ($this->offset !== $this->size) {
            throw new CodecException($this->failure);
        }
    }

    public static function encodeVarint(int $value): string
    {
        assert($value >= 0 && $value <= 0xFFFFFFFF);
        $bytes = '';
        while ($value >= 0x80) {
            $bytes .= chr($value & 0x7F | 0x80);
            $value >>= 7;
        }
        return $bytes . chr($value);
    }
}
