<?php

declare(strict_types=1);

namespace Syncline\Account;

use Syncline\Clock;
use Syncline\Codec\Code;
use Syncline\Database\Connection;
use Syncline\Http\ApiException;
use Syncline\Sync\SlotRepository;
use Syncline\Sync\SpaceRepository;

/** Registers, logs in and out, and deletes accounts. Emails come in lower case. */
final readonly class Accounts
{
    public function __construct(
        private Connection $connection,
        private AccountRepository $accounts,
        private SpaceRepository $spaces,
        private SlotRepository $slots,
        private Passwords $passwords,
        private AttemptGuard $guard,
        private AccessTokens $accessTokens,
        private RefreshTokens $refreshTokens,
        private Clock $clock,
    ) {
    }

    /** Fails with email_taken or rate_limited. */
    public function register(
        string $email,
        #[\SensitiveParameter] string $password,
        ClientAddress $address,
    ): Tokens {
        $this->guard->check(AttemptCounter::ofAddress($address));
        $this->guard->count(AttemptCounter::ofAddress($address));
        // Hashing is slow on purpose and must not happen while the transaction holds its locks.
        $hash = $this->passwords->hash($password);
        return $this->connection->write(function () use ($email, $hash): Tokens {
            if ($this->accounts->findByEmail($email) !== null) {
                throw new ApiException(Code::EmailTaken, 'There is an account with this email.', '/email');
            }
            $id = random_bytes(8);
            $this->accounts->create($id, $email, $hash, $this->clock->nowMs());
            $this->spaces->create($id);
            return $this->tokens($id, $this->refreshTokens->issue($id));
        });
    }

    /** Fails with credentials_invalid or rate_limited. */
    public function login(string $email, #[\SensitiveParameter] string $password, ClientAddress $address): Tokens
    {
        $ofEmail = [AttemptCounter::ofEmailFrom($email, $address), AttemptCounter::ofEmail($email)];
        $counters = [...$ofEmail, AttemptCounter::ofAddress($address)];
        $account = $this->authenticate($this->accounts->findByEmail($email), $password, ...$counters);
        $this->guard->forget(...$ofEmail);
        $newHash = $this->passwords->isOutdated($account->passwordHash) ? $this->passwords->hash($password) : null;
        return $this->connection->write(function () use ($account, $newHash): Tokens {
            if ($this->spaces->lock($account->id) === null) {
                throw self::credentialsInvalid();
            }
            if ($newHash !== null) {
                $this->accounts->setPasswordHash($account->id, $newHash);
            }
            return $this->tokens($account->id, $this->refreshTokens->issue($account->id));
        });
    }

    /** Fails with refresh_invalid. */
    public function refresh(#[\SensitiveParameter] string $refreshToken): Tokens
    {
        // The failure is thrown outside, because the revocation that comes with it has to be committed.
        $replaced = $this->connection->write(fn (): ?array => $this->refreshTokens->replace($refreshToken));
        if ($replaced === null) {
            throw new ApiException(Code::RefreshInvalid, 'The refresh token is not valid.', '/refresh_token');
        }
        return $this->tokens(...$replaced);
    }

    public function logout(#[\SensitiveParameter] string $refreshToken): void
    {
        $this->connection->write(fn () => $this->refreshTokens->revoke($refreshToken));
    }

    /** Erases everything that the account has. Fails with credentials_invalid or rate_limited. */
    public function delete(string $accountId, #[\SensitiveParameter] string $password): void
    {
        $account = $this->accounts->findById($accountId);
        if ($account === null) {
            return;
        }
        $counter = AttemptCounter::ofDeletion($accountId);
        $this->authenticate($account, $password, $counter);
        $this->guard->forget($counter);
        $this->connection->write(function () use ($accountId): void {
            $this->spaces->lock($accountId);
            $this->slots->deleteAll($accountId);
            $this->accounts->delete($accountId);
        });
    }

    private function authenticate(
        ?Account $account,
        #[\SensitiveParameter] string $password,
        AttemptCounter ...$counters,
    ): Account {
        $this->guard->check(...$counters);
        $isRight = $this->passwords->verify($password, $account?->passwordHash);
        if ($account === null || !$isRight) {
            $this->guard->count(...$counters);
            throw self::credentialsInvalid();
        }
        return $account;
    }

    private function tokens(string $accountId, #[\SensitiveParameter] string $refreshToken): Tokens
    {
        return new Tokens(
            bin2hex($accountId),
            $this->accessTokens->issue($accountId),
            $refreshToken,
            AccessTokens::LIFETIME_SECONDS,
        );
    }

    private static function credentialsInvalid(): ApiException
    {
        return new ApiException(Code::CredentialsInvalid, 'Email or password is wrong.');
    }
}
