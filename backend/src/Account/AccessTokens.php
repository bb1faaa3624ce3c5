<?php

declare(strict_types=1);

namespace Syncline\Account;

use Firebase\JWT\ExpiredException;
use Firebase\JWT\JWT;
use Firebase\JWT\Key;
use stdClass;
use Syncline\Clock;
use Syncline\Codec\Code;
use Syncline\Http\ApiException;
use UnexpectedValueException;

/** Makes and reads the short-lived access tokens. */
final readonly class AccessTokens
{
    public const LIFETIME_SECONDS = 900;
    private const ALGORITHM = 'HS256';
    private const ISSUER = 'syncline';

    public function __construct(#[\SensitiveParameter] private string $secret, private Clock $clock)
    {
    }

    /** @param string $accountId 8 bytes */
    public function issue(string $accountId): string
    {
        $now = intdiv($this->clock->nowMs(), 1000);
        return JWT::encode([
            'iss' => self::ISSUER,
            'sub' => bin2hex($accountId),
            'iat' => $now,
            'exp' => $now + self::LIFETIME_SECONDS,
            'jti' => bin2hex(random_bytes(8)),
        ], $this->secret, self::ALGORITHM);
    }

    /** The 8 bytes of the account's id. Fails with token_expired or token_invalid. */
    public function account(#[\SensitiveParameter] string $token): string
    {
        if (!self::hasOwnHeader($token)) {
            throw self::invalid();
        }
        // The library takes its time from a static member; it is set at each use so that the injected clock decides.
        JWT::$timestamp = intdiv($this->clock->nowMs(), 1000);
        try {
            $claims = JWT::decode($token, new Key($this->secret, self::ALGORITHM));
        } catch (ExpiredException) {
            throw new ApiException(Code::TokenExpired, 'The access token has expired.');
        } catch (UnexpectedValueException | \DomainException | \InvalidArgumentException) {
            throw self::invalid();
        }
        return self::subject($claims);
    }

    /** The library trusts the types of what stands in the header, which anybody can write. */
    private static function hasOwnHeader(#[\SensitiveParameter] string $token): bool
    {
        $header = json_decode(JWT::urlsafeB64Decode(explode('.', $token, 2)[0]));
        return $header instanceof stdClass
            && ($header->alg ?? null) === self::ALGORITHM
            && !property_exists($header, 'kid');
    }

    private static function subject(stdClass $claims): string
    {
        $subject = $claims->sub ?? null;
        $isComplete = ($claims->iss ?? null) === self::ISSUER
            && is_int($claims->iat ?? null)
            && is_int($claims->exp ?? null)
            && is_string($subject)
            && preg_match('/\A[0-9a-f]{16}\z/', $subject) === 1;
        return $isComplete ? (string) hex2bin($subject) : throw self::invalid();
    }

    private static function invalid(): ApiException
    {
        return new ApiException(Code::TokenInvalid, 'The access token is not valid.');
    }
}
