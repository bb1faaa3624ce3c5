<?php

declare(strict_types=1);

namespace Syncline\Sync;

/** The head row of an account's space, as it was when it was read. */
final readonly class Space
{
    /**
     * @param string $id 8 bytes
     * @param string $epoch 16 hexadecimal digits
     */
    public function __construct(public string $id, public string $epoch, public int $head)
    {
    }

    public function headCursor(): Cursor
    {
        return new Cursor($this->epoch, $this->head);
    }
}
