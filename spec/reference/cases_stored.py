"""stored.json."""

import limits
import stored
from notation import agree, refusal

T = 1_700_000_000_000
T_HEX = "018bcfe568000000"
A, B = "0123456789abcdef", "fedcba9876543210"
DOUBT = "ff" * 8

HEADS = [
    ("The head of a new replica.", (0, 0), (0, 0), 0, 0, "01" + "00" * 32),
    ("Times are packed as in a stamp, and the offset is signed.", (T, 7), (T, 0), -5_001, 258,
     "01" + "018bcfe568000007" + T_HEX + "ffffffffffffec77" + "0000000000000102"),
]
FENCES = [
    ("A fence is big-endian.", 258, "01" + "0000000000000102"),
    ("The greatest fence.", limits.FENCE_MAX, "01" + "001fffffffffffff"),
]
ANCESTORS = [
    ("No ancestors.", [], "01"),
    ("One ancestor of which nothing was confirmed.", [(A, (0, 0), 0)], "01" + A + "00" * 16),
    ("Ancestors stand in the order in which they were copied.", [(B, (T, 0), 3), (A, (T, 7), limits.FENCE_MAX)],
     "01" + B + T_HEX + "0000000000000003" + A + "018bcfe568000007" + "001fffffffffffff"),
    ("An ancestor whose ops are in doubt.", [(A, (T, 0), stored.IN_DOUBT)], "01" + A + T_HEX + DOUBT),
]
NUMBERS = "0000000000000007" + "0000000000000002" + "0000000000000003" + "000000000000000c" + "0000000000000001"
LOGS = [
    ("The log of a replica that dropped nothing.", {}, [], "01" + "00" * 40),
    ("A pass that is under way.", {"dropped": 7, "kept": 2, "next": 3, "end": 12, "current": 1}, [], "01" + NUMBERS),
    ("Ranges of times ascend by their replicas and then by time.", {"dropped": 1},
     [(A, (T, 0), (T, 7)), (B, (T - 1, 0), (T - 1, 0)), (B, (T, 7), (T, 7))],
     "01" + "0000000000000001" + "00" * 32 + A + T_HEX + "018bcfe568000007"
     + B + "018bcfe567ff0000" * 2 + B + "018bcfe568000007" * 2),
]
PROGRESS = [
    ("The progress of a replica that never synced.", "", {}, "010000"),
    ("Cursors ascend by their names.", "9f2c", {"b": "9f2c.2", "*": "9f2c.1"},
     "01" + "0439663263" + "02" + "012a" + "06396632632e31" + "0162" + "06396632632e32"),
]

SLOT_KEY = "630072006600"  # of the field f of c/r
STAMP = T_HEX + A
OUTBOX = [
    ("An op that overwrote nothing knowingly.", 7, "", "01" + "0000000000000007" + SLOT_KEY),
    ("An op with the register that it overwrote knowingly.", 7, STAMP, "02" + "0000000000000007" + STAMP + SLOT_KEY),
    ("An op that a server has had before.", 7, "ff" * 16, "02" + "0000000000000007" + "ff" * 16 + SLOT_KEY),
]
ASIDE_HEX = "0f" + "7374616d705f696e5f667574757265" + "0100"
ASIDE = [
    ("An op that a server refused.", "stamp_in_future", None, "", "0100", "01" + ASIDE_HEX),
    ("An op that a server refused, with the register that it overwrote knowingly.", "stamp_in_future", None, STAMP,
     "0100", "03" + STAMP + ASIDE_HEX),
    ("An op that arrived, with the last sequence at that time.", "stamp_in_future", 258, "", "0100",
     "02" + "0000000000000102" + ASIDE_HEX),
]

ONE = A + T_HEX + "00" * 8
BAD = [
    ("An entry without a byte is none.", "head", ""),
    ("A head of a format that is not known.", "head", "02" + "00" * 32),
    ("A head that is cut.", "head", "01" + "00" * 31),
    ("A head with a byte left over.", "head", "01" + "00" * 33),
    ("A fence beyond the greatest.", "fence", "01" + "0020000000000000"),
    ("A fence that is in doubt is an ancestor's.", "fence", "01" + DOUBT),
    ("A fence that is cut.", "fence", "01" + "00" * 7),
    ("Ancestors of a format that is not known.", "ancestors", "02" + ONE),
    ("An ancestor that is cut.", "ancestors", "01" + ONE[:-2]),
    ("A second ancestor that is cut after its id.", "ancestors", "01" + ONE + B),
    ("A byte behind the ancestors.", "ancestors", "01" + ONE + "00"),
    ("An ancestor whose id is zero.", "ancestors", "01" + "00" * 8 + T_HEX + "00" * 8),
    ("An ancestor's fence beyond the greatest.", "ancestors", "01" + A + T_HEX + "0020000000000000"),
    ("A log of a format that is not known.", "log", "02" + NUMBERS),
    ("A log that is cut.", "log", "01" + NUMBERS[:-2]),
    ("A range of times that is cut.", "log", "01" + NUMBERS + A + T_HEX + "00" * 7),
    ("A range whose replica is zero.", "log", "01" + NUMBERS + "00" * 8 + T_HEX * 2),
    ("A range that ends before it begins.", "log", "01" + NUMBERS + A + T_HEX + "00" * 8),
    ("Ranges that descend.", "log", "01" + NUMBERS + B + T_HEX * 2 + A + T_HEX * 2),
    ("A range that is there twice.", "log", "01" + NUMBERS + (A + T_HEX * 2) * 2),
    ("Cursors that descend.", "progress", "01" + "00" + "02" + "016200" + "012a00"),
    ("A cursor that is there twice.", "progress", "01" + "00" + "02" + "012a00" + "012a00"),
    ("An outbox entry of a format that is not known.", "outbox", "03" + "00" * 8 + SLOT_KEY),
    ("An outbox entry whose base is cut.", "outbox", "02" + "00" * 8 + STAMP[:-2]),
    ("An outbox entry with a base that is none.", "outbox", "02" + "00" * 8 + "00" * 16 + SLOT_KEY),
    ("An outbox entry without a slot.", "outbox", "02" + "00" * 8 + STAMP),
    ("An op put aside whose place is cut.", "aside", "02" + "00" * 7),
    ("An op put aside without a batch.", "aside", "02" + "00" * 8 + ASIDE_HEX[:-4]),
    ("An op put aside of a format that is not known.", "aside", "04" + ASIDE_HEX),
    ("An op put aside whose base is cut.", "aside", "03" + STAMP[:-2]),
    ("An op put aside with a base that is none.", "aside", "03" + "00" * 16 + ASIDE_HEX),
    ("Fewer cursors than were said.", "progress", "01" + "00" + "02" + "012a00"),
]


def time_json(time):
    return {"milliseconds": str(time[0]), "counter": time[1]}


def stored_file():
    cases = []

    def good(name, entry, encoded, stated, members):
        agree(name, stated, encoded.hex())
        stored.check(entry, encoded)
        cases.append({"name": name, "kind": "good", "entry": entry} | members | {"encoded": stated})

    for name, last, confirmed, offset, sequence, stated in HEADS:
        good(name, "head", stored.encode_head(last, confirmed, offset, sequence), stated,
             {"last": time_json(last), "confirmed": time_json(confirmed), "offset": str(offset), "sequence": sequence})
    for name, fence, stated in FENCES:
        good(name, "fence", stored.encode_fence(fence), stated, {"fence": str(fence)})
    for name, ancestors, stated in ANCESTORS:
        good(name, "ancestors", stored.encode_ancestors(ancestors), stated,
             {"ancestors": [{"replica": replica, "confirmed": time_json(confirmed),
                             "fence": None if fence == stored.IN_DOUBT else str(fence)}
                            for replica, confirmed, fence in ancestors]})
    for name, given, ranges, stated in LOGS:
        numbers = {member: given.get(member, 0) for member in stored.LOG_NUMBERS}
        good(name, "log", stored.encode_log(numbers, ranges), stated,
             numbers | {"unconfirmed": [{"replica": replica, "first": time_json(first), "last": time_json(last)}
                                        for replica, first, last in ranges]})
    for name, epoch, cursors, stated in PROGRESS:
        good(name, "progress", stored.encode_progress(epoch, cursors), stated, {"epoch": epoch, "cursors": cursors})
    for name, commit, base, stated in OUTBOX:
        good(name, "outbox", stored.encode_outbox(commit, bytes.fromhex(base), bytes.fromhex(SLOT_KEY)), stated,
             {"commit": commit, "base": base, "slot_key": SLOT_KEY})
    for name, code, after, base, batch, stated in ASIDE:
        good(name, "aside", stored.encode_aside(code, after, bytes.fromhex(base), bytes.fromhex(batch)), stated,
             {"code": code, "after": after, "base": base, "batch": batch})
    for name, entry, encoded in BAD:
        agree(name, "store_corrupt", refusal(lambda: stored.check(entry, bytes.fromhex(encoded))))
        cases.append({"name": name, "kind": "bad", "entry": entry, "encoded": encoded, "error": "store_corrupt"})
    return {"description": "Entries of a device's own store.", "cases": cases}
