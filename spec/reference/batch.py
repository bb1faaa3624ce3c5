"""Batches of ops: op-format.md, "Batch"."""

from collections import namedtuple

import limits
from encoding import Reader, Refused, check_register_value, encode_sized, encode_varint
from slot import Path, check_path

FORMAT_VERSION = 1
HAS_STAMP, HAS_COLLECTION, HAS_RECORD, HAS_FIELD, HAS_ELEMENT = 1, 2, 4, 8, 16
RESERVED_FLAGS = 0xE0
SHARED = HAS_STAMP | HAS_COLLECTION | HAS_RECORD | HAS_FIELD

# `path` is a slot.Path, `stamp` 16 bytes and `value` an encoded register value.
Op = namedtuple("Op", "path stamp value")


def encode_op(op, previous):
    """Encodes without checking keys or values, so that a bad op can be put on the wire for a test."""
    flags = 0
    body = b""
    if previous is None or op.stamp != previous.stamp:
        flags |= HAS_STAMP
        body += op.stamp
    for index, flag in enumerate((HAS_COLLECTION, HAS_RECORD, HAS_FIELD)):
        if previous is None or op.path[index] != previous.path[index]:
            flags |= flag
            body += encode_sized(op.path[index])
    if op.path.element:
        flags |= HAS_ELEMENT
        body += encode_sized(op.path.element)
    return bytes([flags]) + body + encode_sized(op.value)


def encode_batch(ops):
    encoded = bytes([FORMAT_VERSION]) + encode_varint(len(ops))
    previous = None
    for op in ops:
        encoded += encode_op(op, previous)
        previous = op
    return encoded


def expanded_size(ops):
    """That of the batch if every op had all its parts."""
    return 1 + len(encode_varint(len(ops))) + sum(len(encode_op(op, None)) for op in ops)


def _decode_part(reader, flags, flag, previous, read):
    """The part that `flag` announces, or the one of the op before; sent again although the same it is refused."""
    if not flags & flag:
        return previous
    part = read()
    if part == previous:
        reader.refuse()
    return part


def _decode_name(reader):
    name = reader.sized()
    if len(name) > limits.BATCH_NAME_BYTES_MAX:
        reader.refuse()
    return name


def _decode_op(reader, previous):
    flags = reader.byte()
    if flags & RESERVED_FLAGS or (previous is None and flags & SHARED != SHARED):
        reader.refuse()
    before = previous or Op(Path(None, None, None, None), None, None)
    stamp = _decode_part(reader, flags, HAS_STAMP, before.stamp, lambda: reader.take(limits.STAMP_BYTES))
    collection = _decode_part(reader, flags, HAS_COLLECTION, before.path.collection, lambda: _decode_name(reader))
    record = _decode_part(reader, flags, HAS_RECORD, before.path.record, lambda: _decode_name(reader))
    field = _decode_part(reader, flags, HAS_FIELD, before.path.field, lambda: _decode_name(reader))
    element = b""
    if flags & HAS_ELEMENT:
        element = reader.sized() or reader.refuse()
    return Op(Path(collection, record, field, element), stamp, reader.sized())


def op_error(op):
    """The op's own error, its key before its value, or None."""
    try:
        check_path(op.path)
        check_register_value(op.value)
    except Refused as refused:
        return refused.code
    return None


def decode_batch(data):
    """Every op with its own error or None; a structure that cannot be followed is refused as a whole."""
    if len(data) > limits.BATCH_BYTES_MAX:
        raise Refused("batch_too_large")
    reader = Reader(data, "batch_malformed")
    if reader.byte() != FORMAT_VERSION:
        reader.refuse()
    count = reader.varint()
    if count > limits.BATCH_OPS_MAX:
        raise Refused("batch_too_large")
    ops = []
    for _ in range(count):
        ops.append(_decode_op(reader, ops[-1] if ops else None))
    if reader.remaining():
        reader.refuse()
    return [(op, op_error(op)) for op in ops]
