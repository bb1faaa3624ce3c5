<?php

declare(strict_types=1);

namespace Syncline\Action;

use Syncline\Codec\Code;
use Syncline\Codec\Limits;
use Syncline\Codec\SlotPath;
use Syncline\Http\ApiException;
use Syncline\Http\Input;
use Syncline\Sync\Cursor;
use Syncline\Sync\CursorSet;
use Syncline\Sync\Push;
use Syncline\Sync\Replica;
use Syncline\Sync\Schema;

/** The body of POST /v1/sync, read strictly. */
final readonly class SyncRequest
{
    public const PROTOCOL = 1;
    private const REPLICA = '/\A(?!0{16})[0-9a-f]{16}\z/';

    private function __construct(
        public Replica $replica,
        public ?Push $push,
        public ?CursorSet $cursors,
        public int $limit,
    ) {
    }

    public static function fromInput(Input $input): self
    {
        // First of all: a client of another version may well have members that this one does not know.
        if ($input->integer('protocol') !== self::PROTOCOL) {
            throw new ApiException(Code::ProtocolUnsupported, 'The protocol version must be 1.', '/protocol');
        }
        $input->only('protocol', 'replica', 'schema', 'push', 'pull');
        $id = $input->textMatching('replica', self::REPLICA, '16 hexadecimal digits, not all zero');
        $schema = $input->has('schema') ? self::schema($input->object('schema')) : null;
        $replica = new Replica($id, $schema);
        [$cursors, $limit] = $input->has('pull')
            ? self::pull($input->object('pull'))
            : [null, Limits::PAGE_OPS_DEFAULT];
        $push = $input->has('push') ? self::push($input->object('push'), $cursors) : null;
        return new self($replica, $push, $cursors, $limit);
    }

    private static function push(Input $input, ?CursorSet $cursors): Push
    {
        $input->only('fence', 'through', 'ops');
        return new Push(
            $input->base64('ops'),
            $input->has('fence') ? $input->integer('fence', 0, Limits::FENCE_MAX) : 0,
            $input->has('through') ? $input->integer('through', 1, Limits::THROUGH_MAX) : 0,
            $cursors,
        );
    }

    /** @return array{CursorSet, int} */
    private static function pull(Input $input): array
    {
        $input->only('cursors', 'limit');
        $limit = $input->has('limit') ? $input->integer('limit', 1, Limits::PAGE_OPS) : Limits::PAGE_OPS_DEFAULT;
        $cursors = $input->object('cursors');
        if (count($cursors->names()) > Limits::PULL_CURSORS) {
            throw $input->invalid('cursors', sprintf('may have at most %d members', Limits::PULL_CURSORS));
        }
        return [self::cursors($cursors), $limit];
    }

    private static function schema(Input $input): Schema
    {
        $input->only('name', 'version', 'digest');
        $name = $input->text('name');
        if ($name === '' || strlen($name) > Limits::SCHEMA_NAME_BYTES) {
            throw $input->invalid('name', 'must have 1 to 64 bytes');
        }
        return new Schema(
            $name,
            $input->integer('version', 1, Limits::SCHEMA_VERSION_MAX),
            $input->textMatching('digest', '/\A[0-9a-f]{32}\z/', '32 hexadecimal digits'),
        );
    }

    private static function cursors(Input $input): CursorSet
    {
        $cursors = [];
        foreach ($input->names() as $name) {
            if ($name !== CursorSet::REST && SlotPath::collectionError($name) !== null) {
                throw $input->invalid($name, 'is not the name of a collection');
            }
            $text = $input->textOrNull($name);
            $cursors[] = [$name, $text === null ? null : Cursor::parse($text, $input->pointerTo($name))];
        }
        return new CursorSet($cursors);
    }
}
