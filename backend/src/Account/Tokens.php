<?php

declare(strict_types=1);

namespace Syncline\Account;

/** What a successful registration, login or refresh gives to the client. */
final readonly class Tokens
{
    public function __construct(
        private string $account,
        #[\SensitiveParameter] private string $accessToken,
        #[\SensitiveParameter] private string $refreshToken,
        private int $expiresInSeconds,
    ) {
    }

    /** @return array<string, int|string> */
    public function members(int $timeMs): array
    {
        return [
            'account' => $this->account,
            'access_token' => $this->accessToken,
            'refresh_token' => $this->refreshToken,
            'expires_in' => $this->expiresInSeconds,
            'time' => $timeMs,
        ];
    }
}
