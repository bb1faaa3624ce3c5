"""Cases of strategies that are not registered, for strategies.json."""

from encoding import TOMBSTONE
from scenario import (A, B, add, at, clear, delete, deliver, exchange, increment, inject, put, put_fields, put_key, read,
                      refused, silent, slot, writing)

UNKNOWN = {"fields": {"f": {"merge": "custom:unknown"}}}
LIVE = slot("", b"live", at(1), True)


def raw(element, stamp, **value):
    return {"element": element, "stamp": stamp.hex(), **value}


def named(element, **value):
    """As raw, for a put, which does not look at stamps."""
    return {"element": element, **value}


def put_raw(replica, milliseconds, *slots):
    return put(replica, milliseconds, "f", {"$slots": list(slots)})


CUSTOM = [
    ("A strategy that is not registered leaves its slots to be read as they are.", UNKNOWN,
     [inject(A, LIVE, slot("f", b"b\0", at(2), [1]), slot("f", b"", at(3), "x"), slot("f", b"a", at(4), TOMBSTONE)),
      read(A, {"f": {"$slots": [raw(b"", at(3), value="x"), raw(b"a", at(4)), raw(b"b\0", at(2), value=[1])]}})]),
    ("A strategy that is not registered merges by the law.", UNKNOWN,
     [inject(A, LIVE, slot("f", b"a", at(2), 1), slot("f", b"b", at(2), 1)),
      inject(B, LIVE, slot("f", b"a", at(3), 2), slot("f", b"b", at(1), 2)), exchange(A, B),
      read(A, {"f": {"$slots": [raw(b"a", at(3), value=2), raw(b"b", at(2), value=1)]}}),
      read(B, {"f": {"$slots": [raw(b"a", at(3), value=2), raw(b"b", at(2), value=1)]}})]),
    ("A strategy that is not registered is not written by.", UNKNOWN,
     [inject(A, LIVE, slot("f", b"a", at(2), 1)), refused(put(A, 3, "f", 1), "strategy_missing"),
      refused(clear(A, 4, "f"), "strategy_missing"), refused(add(A, 5, "f", 1), "strategy_missing"),
      refused(increment(A, 6, "f", 1), "strategy_missing"), refused(put_key(A, 7, "f", "k", 1), "strategy_missing"),
      refused(put_fields(A, 8, f=1, g=2), "strategy_missing"), put(A, 9, "g", 2),
      read(A, {"f": {"$slots": [raw(b"a", at(2), value=1)]}, "g": 2})]),
    ("A strategy that is not registered shows what is newer than the deletion.", UNKNOWN,
     [inject(A, LIVE, slot("f", b"a", at(2), 1)), delete(A, 3), read(A, None), put(A, 4, "g", 1), read(A, {"g": 1}),
      inject(A, slot("f", b"b", at(5), 2)), read(A, {"f": {"$slots": [raw(b"b", at(5), value=2)]}, "g": 1}),
      deliver(A, B), read(B, {"f": {"$slots": [raw(b"b", at(5), value=2)]}, "g": 1})]),
    ("Raw slots that are put back as they were read write nothing.", UNKNOWN,
     [inject(A, LIVE, slot("f", b"a", at(2), [1]), slot("f", b"b", at(3), TOMBSTONE)),
      silent(put_raw(A, 4, raw(b"a", at(2), value=[1]), raw(b"b", at(3)))),
      silent(put_raw(A, 5, named(b"b"), raw(b"a", at(1), value=[1]))),
      read(A, {"f": {"$slots": [raw(b"a", at(2), value=[1]), raw(b"b", at(3))]}})]),
    ("Raw slots that are put where there are none are written, tombstones too.", UNKNOWN,
     [writing(4, put_raw(A, 4, raw(b"", at(2), value="x"), raw(b"a", at(3)), named(b"b\0", value=1))),
      read(A, {"f": {"$slots": [raw(b"", at(4), value="x"), raw(b"a", at(4)), raw(b"b\0", at(4), value=1)]}})]),
    ("Raw slots that are put replace the others.", UNKNOWN,
     [inject(A, LIVE, slot("f", b"a", at(2), 1), slot("f", b"b", at(2), 2), slot("f", b"c", at(2), 3),
             slot("f", b"d", at(2), TOMBSTONE), slot("f", b"e", at(2), 5)),
      writing(3, put_raw(A, 4, named(b"a"), named(b"b", value=3), named(b"c", value=3))),
      read(A, {"f": {"$slots": [raw(b"a", at(4)), raw(b"b", at(4), value=3), raw(b"c", at(2), value=3),
                                raw(b"d", at(2)), raw(b"e", at(4))]}})]),
    ("No raw slots leave tombstones of those that were there.", UNKNOWN,
     [silent(put_raw(A, 1)), inject(A, LIVE, slot("f", b"a", at(2), 1)), writing(1, put_raw(A, 3)),
      read(A, {"f": {"$slots": [raw(b"a", at(3))]}}), silent(put_raw(A, 4))]),
    ("An int64 is not the double that it equals in a raw slot either.", UNKNOWN,
     [inject(A, LIVE, slot("f", b"a", at(2), 1)), writing(1, put_raw(A, 3, named(b"a", value=1.0))),
      read(A, {"f": {"$slots": [raw(b"a", at(3), value=1.0)]}})]),
    ("What is not of the shape of raw slots is refused.", UNKNOWN,
     [refused(put(A, 1, "f", {"$slots": value}), "type_mismatch") for value in
      ({}, [1], [{"value": 1}], [{"element": "a"}], [named(b"a", more=1)], [named(b"a"), named(b"a")])] +
     [refused(put_raw(A, 2, named(b"a" * 241)), "key_too_long"),
      refused(put(A, 3, "f", {"$slots": [], "more": 1}), "strategy_missing"), read(A, None)]),
    ("The type of a field says nothing of its raw slots.",
     {"fields": {"f": {"merge": "custom:unknown", "type": "string"}}},
     [writing(2, put_raw(A, 1, named(b"a", value=[1]))),
      read(A, {"f": {"$slots": [raw(b"a", at(1), value=[1])]}})]),
]
