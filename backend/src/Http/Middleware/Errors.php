<?php

declare(strict_types=1);

namespace Syncline\Http\Middleware;

use Psr\Http\Message\ResponseFactoryInterface;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Server\MiddlewareInterface;
use Psr\Http\Server\RequestHandlerInterface;
use Psr\Log\LoggerInterface;
use Slim\Exception\HttpMethodNotAllowedException;
use Slim\Exception\HttpNotFoundException;
use Syncline\Codec\Code;
use Syncline\Database\BusyException;
use Syncline\Http\ApiException;
use Syncline\Http\Problem;
use Throwable;

/** Turns every failure into a problem. What was not written for the client goes to the log and nowhere else. */
final readonly class Errors implements MiddlewareInterface
{
    private const BUSY_RETRY_AFTER_SECONDS = 2;

    public function __construct(private ResponseFactoryInterface $responses, private LoggerInterface $logger)
    {
    }

    public function process(ServerRequestInterface $request, RequestHandlerInterface $handler): ResponseInterface
    {
        $response = $this->responses->createResponse();
        try {
            return $handler->handle($request);
        } catch (ApiException $failure) {
            $problem = $failure;
        } catch (HttpMethodNotAllowedException $failure) {
            $problem = new ApiException(Code::MethodNotAllowed, 'The path does not have this method.');
            $response = $response->withHeader('Allow', implode(', ', $failure->getAllowedMethods()));
        } catch (HttpNotFoundException) {
            $problem = new ApiException(Code::NotFound, 'There is nothing at this path.');
        } catch (BusyException $failure) {
            $this->log($request, 'warning', $failure);
            $problem = new ApiException(
                Code::Busy,
                'The database is busy.',
                retryAfterSeconds: self::BUSY_RETRY_AFTER_SECONDS,
            );
        } catch (Throwable $failure) {
            $this->log($request, 'error', $failure);
            $problem = new ApiException(Code::Internal, Problem::INTERNAL_DETAIL);
        }
        return Problem::write($response, $problem, RequestId::of($request));
    }

    private function log(ServerRequestInterface $request, string $level, Throwable $failure): void
    {
        $this->logger->log($level, $failure->getMessage(), [
            'request_id' => RequestId::of($request),
            'method' => $request->getMethod(),
            'path' => $request->getUri()->getPath(),
            'exception' => $failure,
        ]);
    }
}
