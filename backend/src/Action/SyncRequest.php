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
use Syncline\Sync\Replica;
use Syncline\Sync\Schema;

/** The body of POST /v1/sync, read strictly. */
final readonly class SyncRequest
{
    public const PROTOCOL = 1;
    private const REPLICA = '/\A(?!0{16})[0-9a-f]{16}\z/';

    /** @param ?string $batch the bytes of the pushed batch, not decoded yet */
    private function __construct(
        public Replica $replica,
        public int $fence,
        public ?string $batch,
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
        [$fence, $batch] = $input->has('push') ? self::push($input->object('push')) : [0, null];
        if (!$input->has('pull')) {
            return new self($replica, $fence, $batch, null, Limits::PAGE_OPS_DEFAULT);
        }
        $pull = $input->object('pull')->only('cursors', 'limit');
        $limit = $pull->has('limit') ? $pull->integer('limit', 1, Limits::PAGE_OPS) : Limits::PAGE_OPS_DEFAULT;
        $cursors = $pull->object('cursors');
        if (count($cursors->names()) > Limits::PULL_CURSORS) {
            throw $pull->invalid('cursors', sprintf('may have at most %d members', Limits::PULL_CURSORS));
        }
        return new self($replica, $fence, $batch, self::cursors($cursors), $limit);
    }

    /** @return array{int, string} */
    private static function push(Input $input): array
    {
        $input->only('fence', 'ops');
        $fence = $input->has('fence') ? $input->integer('fence', 0, Limits::FENCE_MAX) : 0;
        return [$fence, $input->base64('ops')];
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
