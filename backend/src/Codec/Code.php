<?php

declare(strict_types=1);

namespace Syncline\Codec;

/** The error codes of spec/codes.json that the backend uses; a test holds the two to each other. */
enum Code: string
{
    case KeyMalformed = 'key_malformed';
    case KeyTooLong = 'key_too_long';
    case ValueMalformed = 'value_malformed';
    case ValueTooLarge = 'value_too_large';
    case ValueTooDeep = 'value_too_deep';
    case ValueNotFinite = 'value_not_finite';
    case StringNotUtf8 = 'string_not_utf8';
    case BatchMalformed = 'batch_malformed';
    case BatchTooLarge = 'batch_too_large';
    case StampInFuture = 'stamp_in_future';
    case JsonMalformed = 'json_malformed';
    case NotFound = 'not_found';
    case UnknownMember = 'unknown_member';
    case ValidationFailed = 'validation_failed';
    case ProtocolUnsupported = 'protocol_unsupported';
    case CursorMalformed = 'cursor_malformed';
    case TokenMissing = 'token_missing';
    case TokenInvalid = 'token_invalid';
    case TokenExpired = 'token_expired';
    case RefreshInvalid = 'refresh_invalid';
    case CredentialsInvalid = 'credentials_invalid';
    case EmailTaken = 'email_taken';
    case PushOutdated = 'push_outdated';
    case MethodNotAllowed = 'method_not_allowed';
    case UnsupportedMediaType = 'unsupported_media_type';
    case BodyTooLarge = 'body_too_large';
    case RateLimited = 'rate_limited';
    case Busy = 'busy';
    case Internal = 'internal';

    /** The HTTP status of a reply that fails with this code; null for a code that only a single op can have. */
    public function status(): ?int
    {
        return match ($this) {
            self::StampInFuture => null,
            self::JsonMalformed => 400,
            self::TokenMissing, self::TokenInvalid, self::TokenExpired,
            self::RefreshInvalid, self::CredentialsInvalid => 401,
            self::NotFound => 404,
            self::MethodNotAllowed => 405,
            self::EmailTaken, self::PushOutdated => 409,
            self::BatchTooLarge, self::BodyTooLarge => 413,
            self::UnsupportedMediaType => 415,
            self::RateLimited => 429,
            self::Internal => 500,
            self::Busy => 503,
            default => 422,
        };
    }

    public function retryable(): bool
    {
        return match ($this) {
            self::PushOutdated, self::RateLimited, self::Busy, self::Internal => true,
            default => false,
        };
    }
}
