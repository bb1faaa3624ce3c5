<?php

declare(strict_types=1);

namespace Syncline\Codec;

/** One register for one slot, and what is wrong with it, if anything. */
final readonly class Op
{
    /**
     * @param string $stamp 16 bytes
     * @param string $register a tombstone or an encoded value
     */
    public function __construct(
        public string $stamp,
        public string $collection,
        public string $record,
        public string $field,
        public string $element,
        public string $register,
        public ?Code $error = null,
    ) {
    }

    public function slotKey(): string
    {
        return SlotPath::key($this->collection, $this->record, $this->field, $this->element);
    }

    /** Whether it is the slot that says since when its record exists. */
    public function isCreation(): bool
    {
        return $this->field === '' && $this->element === SlotPath::LIVE;
    }

    /** The key of the slot that says whether the op's record was deleted. */
    public function deadKey(): string
    {
        return SlotPath::key($this->collection, $this->record, '', SlotPath::DEAD);
    }
}
