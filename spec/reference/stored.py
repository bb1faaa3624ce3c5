"""Entries of a device's own store: op-format.md, What is stored. No other device ever reads them."""

from encoding import Reader, encode_sized, encode_varint
from limits import FENCE_MAX

VERSION = b"\x01"
IN_DOUBT = 2**64 - 1
LOG_NUMBERS = ("dropped", "kept", "next", "end", "current")


def _time(milliseconds, counter):
    return (milliseconds << 16 | counter).to_bytes(8, "big")


def encode_head(last, confirmed, offset, sequence):
    return (VERSION + _time(*last) + _time(*confirmed) + offset.to_bytes(8, "big", signed=True)
            + sequence.to_bytes(8, "big"))


def encode_fence(fence):
    return VERSION + fence.to_bytes(8, "big")


def encode_ancestors(ancestors):
    return VERSION + b"".join(bytes.fromhex(replica) + _time(*confirmed) + fence.to_bytes(8, "big")
                              for replica, confirmed, fence in ancestors)


def encode_log(numbers, ranges):
    return (VERSION + b"".join(numbers[name].to_bytes(8, "big") for name in LOG_NUMBERS)
            + b"".join(bytes.fromhex(replica) + _time(*first) + _time(*last) for replica, first, last in ranges))


def encode_progress(epoch, cursors):
    named = sorted((name.encode(), cursor.encode()) for name, cursor in cursors.items())
    return (VERSION + encode_sized(epoch.encode()) + encode_varint(len(named))
            + b"".join(encode_sized(name) + encode_sized(cursor) for name, cursor in named))


def _begin(data):
    reader = Reader(data, "store_corrupt")
    if reader.byte() != VERSION[0]:
        reader.refuse()
    return reader


def _number(reader):
    return int.from_bytes(reader.take(8), "big")


def _read_head(reader):
    reader.take(32)


def _read_fence(reader):
    if _number(reader) > FENCE_MAX:
        reader.refuse()


def _read_ancestors(reader):
    while reader.remaining():
        replica, _, fence = (_number(reader) for _ in range(3))
        if replica == 0 or FENCE_MAX < fence != IN_DOUBT:
            reader.refuse()


def _read_log(reader):
    reader.take(8 * len(LOG_NUMBERS))
    before = None
    while reader.remaining():
        replica, first, last = (_number(reader) for _ in range(3))
        if replica == 0 or first > last or before is not None and (replica, first) <= before:
            reader.refuse()
        before = (replica, first)


def _read_progress(reader):
    reader.sized()
    before = None
    for _ in range(reader.varint()):
        name, _ = reader.sized(), reader.sized()
        if before is not None and name <= before:
            reader.refuse()
        before = name


READERS = {"head": _read_head, "fence": _read_fence, "ancestors": _read_ancestors, "log": _read_log,
           "progress": _read_progress}


def check(entry, data):
    """Raises Refused unless a reader takes the bytes for this entry of `meta`."""
    reader = _begin(data)
    READERS[entry](reader)
    if reader.remaining():
        reader.refuse()
