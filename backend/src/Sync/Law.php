<?php

declare(strict_types=1);

namespace Syncline\Sync;

/** The merge law: the greater (stamp, register) wins, both compared as bytes. A missing slot is less than all. */
final class Law
{
    public static function isGreater(string $stamp, string $register, string $otherStamp, string $otherRegister): bool
    {
        $order = strcmp($stamp, $otherStamp);
        return $order > 0 || ($order === 0 && strcmp($register, $otherRegister) > 0);
    }
}
