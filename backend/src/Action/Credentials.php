<?php

declare(strict_types=1);

namespace Syncline\Action;

use Syncline\Http\Input;

/** Reads the email and the password of a request. */
final class Credentials
{
    private const EMAIL_BYTES_MAX = 254;
    private const PASSWORD_BYTES_MIN = 10;
    private const PASSWORD_BYTES_MAX = 256;
    private const EMAIL = '/\A[^\s@\x00-\x1F\x7F]+@[^\s@\x00-\x1F\x7F]+\z/u';

    /** @return string in lower case, the form in which emails are compared */
    public static function email(Input $input): string
    {
        $email = mb_strtolower($input->text('email'), 'UTF-8');
        if (strlen($email) > self::EMAIL_BYTES_MAX || preg_match(self::EMAIL, $email) !== 1) {
            throw $input->invalid('email', 'must be an address of at most 254 bytes');
        }
        return $email;
    }

    public static function password(Input $input): string
    {
        $password = $input->text('password');
        $size = strlen($password);
        if ($size < self::PASSWORD_BYTES_MIN || $size > self::PASSWORD_BYTES_MAX) {
            throw $input->invalid('password', 'must have 10 to 256 bytes');
        }
        return $password;
    }
}
