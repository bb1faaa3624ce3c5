"""Entries of a device's own store: op-format.md, What is stored. No other device ever reads them."""

from encoding import Reader, encode_sized, encode_varint
from limits import FENCE_MAX

VERSION = b"\x01"
WITH_MORE = b"\x02"  # an outbox entry with a base, or an op put aside with its place in time
ASIDE_WITH_BASE = b"\x03"
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


def encode_outbox(commit, base, slot_key):
    """`base` is a stamp as bytes, empty for none."""
    return (WITH_MORE if base else VERSION) + commit.to_bytes(8, "big") + base + slot_key


def encode_aside(code, after, base, batch):
    """`after` is a sequence, or None; `base` a stamp as bytes, empty for none. Not both are there."""
    begin = VERSION
    if after is not None:
        begin = WITH_MORE + after.to_bytes(8, "big")
    elif base:
        begin = ASIDE_WITH_BASE + base
    return begin + encode_sized(code.encode()) + batch


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


def _take_base(reader):
    if not any(reader.take(16)):
        reader.refuse()


def _read_outbox(reader, version):
    reader.take(8)
    if version == WITH_MORE:
        _take_base(reader)
    _take_rest(reader)


def _read_aside(reader, version):
    if version == WITH_MORE:
        reader.take(8)
    elif version == ASIDE_WITH_BASE:
        _take_base(reader)
    reader.sized()
    _take_rest(reader)


def _take_rest(reader):
    if not reader.remaining():
        reader.refuse()
    reader.take(reader.remaining())


READERS = {"head": _read_head, "fence": _read_fence, "ancestors": _read_ancestors, "log": _read_log,
           "progress": _read_progress}
READERS_OF_MORE = {"outbox": ((VERSION, WITH_MORE), _read_outbox),
                   "aside": ((VERSION, WITH_MORE, ASIDE_WITH_BASE), _read_aside)}


def check(entry, data):
    """Raises Refused unless a reader takes the bytes for this entry."""
    reader = Reader(data, "store_corrupt")
    version = bytes([reader.byte()])
    versions, read = READERS_OF_MORE.get(entry, ((), None))
    if version in versions:
        read(reader, version)
    elif entry in READERS and version == VERSION:
        READERS[entry](reader)
    else:
        reader.refuse()
    if reader.remaining():
        reader.refuse()
