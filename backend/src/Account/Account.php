<?php

declare(strict_types=1);

namespace Syncline\Account;

final readonly class Account
{
    /** @param string $id 8 bytes, which are also the id of its space */
    public function __construct(
        public string $id,
        public string $email,
        #[\SensitiveParameter] public string $passwordHash,
    ) {
    }
}
