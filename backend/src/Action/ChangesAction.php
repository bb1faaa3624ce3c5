<?php

declare(strict_types=1);

namespace Syncline\Action;

use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Syncline\Clock;
use Syncline\Http\Input;
use Syncline\Http\Json;
use Syncline\Http\Middleware\Arrival;
use Syncline\Http\Middleware\Bearer;
use Syncline\Sync\Cursor;
use Syncline\Sync\Puller;

/** GET /v1/changes: is there anything new */
final readonly class ChangesAction
{
    public function __construct(private Puller $puller, private Clock $clock)
    {
    }

    public function __invoke(ServerRequestInterface $request, ResponseInterface $response): ResponseInterface
    {
        $input = Input::fromQuery($request)->only('cursor');
        $cursor = Cursor::parse($input->text('cursor'), null);
        $space = Bearer::space($request);
        $head = $space->headCursor()->text();
        $response = $response->withHeader('ETag', '"' . $head . '"');
        if (self::matches($request->getHeaderLine('If-None-Match'), '"' . $head . '"')) {
            return $response->withStatus(304);
        }
        return Json::write($response, [
            'time' => Arrival::middleMs($request, $this->clock),
            'head' => $head,
            'pending' => $this->puller->pending($space, $cursor),
        ]);
    }

    private static function matches(string $condition, string $tag): bool
    {
        foreach (array_map(trim(...), explode(',', $condition)) as $candidate) {
            if ($candidate === '*' || $candidate === $tag || $candidate === 'W/' . $tag) {
                return true;
            }
        }
        return false;
    }
}
