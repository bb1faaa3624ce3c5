<?php

declare(strict_types=1);

namespace Syncline\Http;

use ErrorException;
use Syncline\Codec\Code;
use Syncline\Http\Middleware\RequestId;
use Syncline\Http\Middleware\UnencodedDigest;
use Throwable;

/** Answers what happens outside the application: before it is built, and when PHP itself gives up. */
final class Startup
{
    private const FATAL = E_ERROR | E_CORE_ERROR | E_COMPILE_ERROR;

    /** Nothing that PHP has to say reaches a client: warnings become exceptions, fatal errors a problem. */
    public static function guard(): void
    {
        ini_set('zlib.output_compression', '0');
        header_remove('X-Powered-By');
        set_error_handler(static function (int $level, string $message, string $file, int $line): bool {
            if ((error_reporting() & $level) === 0 || ($level & (E_DEPRECATED | E_USER_DEPRECATED)) !== 0) {
                return false;
            }
            throw new ErrorException($message, 0, $level, $file, $line);
        });
        register_shutdown_function(static function (): void {
            $error = error_get_last();
            // PHP has written the message to its own log.
            if ($error !== null && ($error['type'] & self::FATAL) !== 0 && !headers_sent()) {
                self::emit(RequestId::generate());
            }
        });
    }

    public static function fail(Throwable $failure): void
    {
        $id = RequestId::generate();
        error_log(sprintf('syncline cannot start (request %s): %s', $id, $failure->getMessage()));
        self::emit($id);
    }

    private static function emit(string $requestId): void
    {
        $members = Problem::members(Code::Internal, Problem::INTERNAL_DETAIL, $requestId);
        $body = json_encode($members, JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR);
        http_response_code(500);
        header('Content-Type: application/problem+json');
        header('Cache-Control: no-store');
        header('X-Request-Id: ' . $requestId);
        header(UnencodedDigest::HEADER . ': ' . UnencodedDigest::of($body));
        echo $body;
    }
}
