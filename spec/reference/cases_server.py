"""push.json and pull.json."""

import clock
import limits
from batch import encode_batch
from encoding import TOMBSTONE, encode_value, encode_varint
from notation import agree, expand, op, op_json, refusal, repeat
from server import Space

T = 1_700_000_000_000
EPOCH = "00000000000000e1"
OTHER_EPOCH = "00000000000000e2"
A, B = "0000000000000001", "0000000000000002"


def at(milliseconds, counter=0, replica=A):
    return clock.stamp(T + milliseconds, counter, replica)


def c(field="f", stamp=at(0), value=1, record="r", collection="c", element=b""):
    return op(collection, record, field, stamp, TOMBSTONE if value is TOMBSTONE else encode_value(value), element)


def raw(field, value):
    return op("c", "r", field, at(0), value)


def inheriting(first_value, count):
    """One op with the longest names, and further ones that inherit them all: expanded, each has 279 bytes and more."""
    first = encode_batch([op("c" * 64, "r" * 128, "f" * 64, at(0), encode_value(first_value))])
    return ["01" + encode_varint(1 + count).hex() + first[2:].hex(), repeat("000101", count)]


def push(ops, verdicts, head, refused=(), now=T, **sender):
    """`sender` is the replica and the fence, or one of them."""
    return {"ops": ops, "verdicts": verdicts, "head": head, "refused": list(refused), "now": now} | sender


def push_of(batch, verdicts, head, refused=(), now=T):
    return {"raw": batch} | push(None, verdicts, head, refused, now)


def broken(batch, error, head, now=T, **sender):
    return {"batch": batch, "error": error, "head": head, "now": now} | sender


def outdated(ops, head, least, **sender):
    return broken(encode_batch(ops).hex(), "push_outdated", head, **sender) | {"least_fence": least}


def in_future(*indexes):
    return [{"index": index, "code": "stamp_in_future"} for index in indexes]


PUSHES = [
    ("The first push takes sequence 1.", [push([c()], "a", 1)]),
    ("An empty batch takes no sequence.", [push([], "", 0)]),
    ("All ops of a push have its sequence.", [push([c("f"), c("g"), c("h")], "aaa", 1)]),
    ("Each push that applies something takes the next sequence.",
     [push([c("f")], "a", 1), push([c("g")], "a", 2), push([c("h")], "a", 3)]),
    ("A replay is superseded and takes no sequence.",
     [push([c("f"), c("g")], "aa", 1), push([c("f"), c("g")], "ss", 1)]),
    ("A lesser stamp is superseded.", [push([c(stamp=at(5))], "a", 1), push([c(stamp=at(4), value=9)], "s", 1)]),
    ("A greater stamp moves the slot to the new sequence.",
     [push([c("f"), c("g")], "aa", 1), push([c("f", at(1), 2)], "a", 2)]),
    ("A push of which a part is superseded still takes a sequence.",
     [push([c("f", at(5))], "a", 1), push([c("f", at(4)), c("g", at(4))], "sa", 2)]),
    ("Of one stamp the greater value is applied.", [push([c(value=1)], "a", 1), push([c(value=2)], "a", 2)]),
    ("Of one stamp the lesser value is superseded.", [push([c(value=2)], "a", 1), push([c(value=1)], "s", 1)]),
    ("Of one stamp a value beats a tombstone.",
     [push([c(value=TOMBSTONE)], "a", 1), push([c(value=None)], "a", 2), push([c(value=TOMBSTONE)], "s", 2)]),
    ("Of one stamp the longer string beats the shorter.",
     [push([c(value="zz")], "a", 1), push([c(value="aaa")], "a", 2), push([c(value="aa")], "s", 2)]),
    ("Of one stamp long values differ in their last byte.",
     [push([c(value="a" * 999 + "b")], "a", 1), push([c(value="a" * 1000)], "s", 1),
      push([c(value="a" * 999 + "c")], "a", 2)]),
    ("A tombstone replaces a value and stays as a row.",
     [push([c()], "a", 1), push([c(stamp=at(1), value=TOMBSTONE)], "a", 2), push([c()], "s", 2)]),
    ("The replica decides between stamps of one time.",
     [push([c(stamp=at(0, 0, B))], "a", 1), push([c(stamp=at(0, 0, A), value=9)], "s", 1)]),
    ("A slot twice in one push, ascending.", [push([c(stamp=at(1)), c(stamp=at(2), value=2)], "aa", 1)]),
    ("A slot twice in one push, descending.", [push([c(stamp=at(2)), c(stamp=at(1), value=2)], "as", 1)]),
    ("The same op twice in one push.", [push([c(), c()], "as", 1)]),
    ("A slot twice in one push with one stamp.", [push([c(value=1), c(value=2), c(value=0)], "aas", 1)]),
    ("A slot that the server holds, three times in one push.",
     [push([c(stamp=at(5))], "a", 1), push([c(stamp=at(4)), c(stamp=at(6), value=6), c(stamp=at(5))], "sas", 2)]),
    ("A stamp exactly five minutes ahead is applied.", [push([c(stamp=at(300_000, 65_535))], "a", 1)]),
    ("A stamp more than five minutes ahead is refused alone.",
     [push([c("f"), c("g", at(300_001)), c("h")], "ara", 1, [{"index": 1, "code": "stamp_in_future"}])]),
    ("A refused op may come again when its time has come.",
     [push([c(stamp=at(300_001))], "r", 0, in_future(0)),
      push([c(stamp=at(300_001))], "a", 1, now=T + 1, fence=1)]),
    ("A copy of a push of which a stamp was refused is outdated, also when the stamp is no longer ahead.",
     [push([c(), c("g", at(300_001))], "ar", 1, in_future(1)),
      outdated([c(), c("g", at(300_001))], 1, 1, now=T + 60_000)]),
    ("A push from before a refusal is outdated, whatever it holds.",
     [push([c(stamp=at(300_001))], "r", 0, in_future(0)), outdated([], 0, 1), outdated([c("g", at(1))], 0, 1)]),
    ("What was stamped anew passes with the next fence.",
     [push([c("f", at(300_001))], "r", 0, in_future(0)), push([c("f", at(1))], "a", 1, fence=1),
      outdated([c("f", at(300_001))], 1, 1, now=T + 1), push([c("f", at(2), 2)], "a", 2, fence=1)]),
    ("Each refusal of a stamp raises the fence to one more than that of its push.",
     [push([c(stamp=at(300_001))], "r", 0, in_future(0), fence=7), outdated([c()], 0, 8, fence=7),
      push([c(stamp=at(300_001))], "r", 0, in_future(0), fence=8), outdated([c()], 0, 9, fence=8),
      push([c()], "a", 1, fence=9)]),
    ("A greater fence that was not refused anything outdates nothing.",
     [push([c("f")], "a", 1, fence=5), push([c("g")], "a", 2, fence=4)]),
    ("The fence of a replica is no other's.",
     [push([c(stamp=at(300_001))], "r", 0, in_future(0)), push([c()], "a", 1, replica=B)]),
    ("The refusal of a poisoned op raises no fence.",
     [push([raw("g", b"\x0a")], "r", 0, [{"index": 0, "code": "value_malformed"}]), push([c()], "a", 1)]),
    ("The greatest fence stays when a stamp is refused.",
     [push([c(stamp=at(300_001))], "r", 0, in_future(0), fence=limits.FENCE_MAX),
      push([c()], "a", 1, fence=limits.FENCE_MAX)]),
    ("A malformed batch is so before it is outdated.",
     [push([c(stamp=at(300_001))], "r", 0, in_future(0)), broken("", "batch_malformed", 0)]),
    ("A stamp of the year 2262 is refused.",
     [push([c(stamp=clock.stamp(9_223_372_036_854, 0, A))], "r", 0, [{"index": 0, "code": "stamp_in_future"}]),
      push([c(stamp=clock.stamp(9_223_372_036_855, 0, A))], "r", 0, [{"index": 0, "code": "stamp_in_future"}], fence=1)]),
    ("The greatest stamp is refused.",
     [push([c(stamp=bytes.fromhex("f" * 32))], "r", 0, [{"index": 0, "code": "stamp_in_future"}])]),
    ("A stamp of 1970 is a normal offline write.", [push([c(stamp=clock.stamp(1, 0, A))], "a", 1)]),
    ("A push of refused ops alone takes no sequence.",
     [push([c()], "a", 1), push([c("g", at(300_001)), c("h", at(400_000))], "rr", 1,
                                [{"index": 0, "code": "stamp_in_future"}, {"index": 1, "code": "stamp_in_future"}])]),
    ("A push of refused and superseded ops takes no sequence.",
     [push([c()], "a", 1), push([c(), c("g", at(300_001))], "sr", 1, [{"index": 1, "code": "stamp_in_future"}])]),
    ("A refused op does not stand in the way of a good one for its slot.",
     [push([c(stamp=at(300_001)), c(stamp=at(1), value=2)], "ra", 1, [{"index": 0, "code": "stamp_in_future"}])]),
    ("Each kind of poisoned op is refused alone.",
     [push([c("f"), raw("bad\x01", b"\x01"), raw("g" * 65, b"\x01"), raw("h", b"\x0a"), raw("i", b""),
            raw("j", bytes.fromhex("0601ff")), raw("k", bytes.fromhex("05fff0000000000000")),
            raw("l", bytes.fromhex("0801" * 16 + "0800")), c("m")],
           "arrrrrrra", 1,
           [{"index": 1, "code": "key_malformed"}, {"index": 2, "code": "key_too_long"},
            {"index": 3, "code": "value_malformed"}, {"index": 4, "code": "value_malformed"},
            {"index": 5, "code": "string_not_utf8"}, {"index": 6, "code": "value_not_finite"},
            {"index": 7, "code": "value_too_deep"}])]),
    ("A value that is too large is refused alone.",
     [push([c("f"), raw("g", bytes.fromhex("07fdff03") + bytes(65_533)), c("h")], "ara", 1,
           [{"index": 1, "code": "value_too_large"}])]),
    ("A value of exactly the limit is applied.",
     [push([raw("g", bytes.fromhex("07fcff03") + bytes(65_532))], "a", 1)]),
    ("The longest key is applied.",
     [push([op("c" * 64, "r" * 128, "f" * 64, at(0), b"\x01", b"\xff" * 240)], "a", 1)]),
    ("A poisoned op in the future is refused for its poison.",
     [push([op("c", "r", "f", at(300_001), b"\x0a")], "r", 0, [{"index": 0, "code": "value_malformed"}])]),
    ("A malformed batch applies nothing.",
     [push([c()], "a", 1), broken(encode_batch([c("g")]).hex() + "00", "batch_malformed", 1),
      broken("", "batch_malformed", 1), push([c("g")], "a", 2)]),
    ("A batch that breaks off after good ops applies nothing.",
     [broken(encode_batch([c("f"), c("g")]).hex()[:-2], "batch_malformed", 0)]),
    ("A batch of 5,001 ops applies nothing.",
     [broken(["018927" + encode_batch([c(value=None)]).hex()[4:], repeat("000101", 5_000)], "batch_too_large", 0)]),
    ("A push whose expanded size is over that of a batch applies nothing.",
     [broken(inheriting("v" * 91, 3_757), "batch_too_large", 0), broken(inheriting("v", 4_999), "batch_too_large", 0)]),
    ("A push whose expanded size is exactly that of a batch is applied.",
     [push_of(inheriting("v" * 90, 3_757), "a" + "s" * 3_757, 1)]),
    ("Names that differ in case are different slots.",
     [push([c(), c("F"), c(record="R"), c(collection="C")], "aaaa", 1)]),
    ("Names that differ by an accent or its form are different slots.",
     [push([c(record="e"), c(record="\u00e9"), c(record="e\u0301")], "aaa", 1)]),
    ("Names that differ in a trailing space are different slots.",
     [push([c(record="r"), c(record="r "), c("f "), c(collection="c ")], "aaaa", 1)]),
    ("Names that look like numbers are different slots.",
     [push([c(record="1"), c(record="01"), c(record="1.0"), c(record="1e0")], "aaaa", 1)]),
    ("Elements that differ in a zero byte are different slots.",
     [push([c(), c(element=b"\0"), c(element=b"\0\0"), c(element=b" ")], "aaaa", 1)]),
    ("A record's own slots are slots like any other.",
     [push([c("", value=True, element=b"live"), c("f")], "aa", 1), push([c("", at(5),
      True, element=b"dead")], "a", 2)]),
    ("An older write arrives after a deletion and is kept.",
     [push([c("", at(5), True, element=b"dead")], "a", 1), push([c("f", at(4))], "a", 2)]),
]


def _row_json(row):
    return op_json(row.op) | {"sequence": row.sequence}


def _run_push(space, step, name):
    sender = {"replica": step.get("replica", A), "fence": step.get("fence", 0)}
    vector = {"now": str(step["now"])} | {member: step[member] for member in sender if member in step}
    if "error" in step:
        agree(name, step["error"], refusal(lambda: space.push(step["now"], expand(step["batch"]), **sender)))
        agree(name, step["head"], space.head)
        if "least_fence" in step:
            agree(name, step["least_fence"], space.fences[sender["replica"]])
            vector["least_fence"] = step["least_fence"]
        return vector | {"batch": step["batch"], "error": step["error"], "head": step["head"]}
    batch = expand(step["raw"]) if "raw" in step else encode_batch(step["ops"])
    pushed = space.push(step["now"], batch, **sender)
    agree(name, (step["verdicts"], step["refused"], step["head"]), (pushed.verdicts, pushed.refused, space.head))
    return vector | {"batch": step.get("raw") or compact(batch), "verdicts": step["verdicts"],
                     "refused": step["refused"], "head": step["head"]}


def compact(data):
    """Hex of bytes; a run of more than 500 equal bytes becomes a repeat."""
    parts, start, position = [], 0, 0
    while position < len(data):
        end = position
        while end < len(data) and data[end] == data[position]:
            end += 1
        if end - position > 500:
            parts += [data[start:position].hex(), repeat(f"{data[position]:02x}", end - position)]
            start = end
        position = end
    return parts + [data[start:].hex()] if parts else data.hex()


def push_file():
    cases = []
    for name, steps in PUSHES:
        space = Space(EPOCH)
        pushes = [_run_push(space, step, name) for step in steps]
        rows = [space.rows[key] for key in sorted(space.rows)]
        written = [_row_json(row) | {"value": compact(row.op.value)} for row in rows]
        cases.append({"name": name, "pushes": pushes, "slots_after": written})
    return {"description": "Pushes into an empty space: verdicts, sequences and the rows that result.",
            "cases": cases}


def cursor(sequence, epoch=EPOCH):
    return f"{epoch}.{sequence}"


def rows(*sequences):
    """One row for each (sequence, collection, record), its stamps in no order that a page could follow."""
    return [(sequence, op(collection, record, "f", at(1000 - sequence), encode_value(sequence)))
            for sequence, collection, record in sequences]


THREE = rows((1, "c", "1"), (2, "c", "2"), (3, "c", "3"))
GROUPED = rows((1, "c", "1"), (1, "c", "2"), (2, "c", "3"), (2, "c", "4"), (2, "c", "5"), (3, "c", "6"),
(4, "c", "7"))
MIXED = rows((1, "meals", "1"), (2, "weights", "1"), (3, "meals", "2"), (4, "sleep", "1"), (5, "weights", "2"),
             (6, "meals", "3"))

# name, rows, head, request, records of the page as [sequence, collection, record], cursors, remaining.
PULLS = [
    ("An empty space gives nothing and stands at zero.", [], 0, {"cursors": {"*": ""}}, [], {"*": 0}, 0),
    ("An empty cursor gives everything.", THREE, 3, {"cursors": {"*": ""}}, [1, 2, 3], {"*": 3}, 0),
    ("A cursor of sequence zero gives everything.", THREE, 3, {"cursors": {"*": cursor(0)}}, [1, 2, 3], {"*": 3}, 0),
    ("A cursor gives what comes after it.", THREE, 3, {"cursors": {"*": cursor(1)}}, [2, 3], {"*": 3}, 0),
    ("A cursor at the head gives nothing.", THREE, 3, {"cursors": {"*": cursor(3)}}, [], {"*": 3}, 0),
    ("A cursor beyond the head counts as zero.", THREE, 3, {"cursors": {"*": cursor(4)}}, [1, 2, 3], {"*": 3}, 0),
    ("A cursor far beyond the head counts as zero.", THREE, 3, {"cursors": {"*": cursor(10**17)}}, [1, 2, 3],
     {"*": 3}, 0),
    ("A cursor of another epoch counts as zero.", THREE, 3, {"cursors": {"*": cursor(2, OTHER_EPOCH)}}, [1, 2, 3],
     {"*": 3}, 0),
    ("Sequences whose rows were all replaced leave gaps.", rows((2, "c", "a"), (7, "c", "b")), 9,
     {"cursors": {"*": cursor(1)}}, [2, 7], {"*": 9}, 0),
    ("Sequences compare as numbers and not as text.", rows((2, "c", "a"), (9, "c", "b"), (10, "c", "d"),
     (100, "c", "e")),
     100, {"cursors": {"*": cursor(9)}}, [10, 100], {"*": 100}, 0),
    ("Rows come by sequence and then by slot key.",
     rows((2, "b", "1"), (1, "c", "2"), (1, "c", "1"), (1, "a", "9"), (2, "a", "1")), 2, {"cursors": {"*": ""}},
     [[1, "a", "9"], [1, "c", "1"], [1, "c", "2"], [2, "a", "1"], [2, "b", "1"]], {"*": 2}, 0),
    ("Slot keys within one push compare as unsigned bytes.", rows((1, "c", "\u00e9"), (1, "c", "z"), (1, "c", "Z")),
     1,
     {"cursors": {"*": ""}}, [[1, "c", "Z"], [1, "c", "z"], [1, "c", "\u00e9"]], {"*": 1}, 0),

    ("A page ends at the limit.", THREE, 3, {"cursors": {"*": ""}, "limit": 2}, [1, 2], {"*": 2}, 1),
    ("A page of the limit that is everything is the last.", THREE, 3, {"cursors": {"*": ""}, "limit": 3}, [1, 2, 3],
     {"*": 3}, 0),
    ("A page of one op.", THREE, 3, {"cursors": {"*": cursor(1)}, "limit": 1}, [2], {"*": 2}, 1),
    ("The last page's cursor stands at the head, past gaps.", THREE, 8,
     {"cursors": {"*": cursor(2)}, "limit": 1}, [3], {"*": 8}, 0),
    ("A page never splits a push.", GROUPED, 4, {"cursors": {"*": ""}, "limit": 4},
     [[1, "c", "1"], [1, "c", "2"]], {"*": 1}, 5),
    ("A page takes every push that fits whole.", GROUPED, 4, {"cursors": {"*": ""}, "limit": 5},
     [[1, "c", "1"], [1, "c", "2"], [2, "c", "3"], [2, "c", "4"], [2, "c", "5"]], {"*": 2}, 2),
    ("A push larger than the limit comes whole.", GROUPED, 4, {"cursors": {"*": cursor(1)}, "limit": 1},
     [[2, "c", "3"], [2, "c", "4"], [2, "c", "5"]], {"*": 2}, 2),
    ("A push larger than the limit comes alone.", GROUPED, 4, {"cursors": {"*": ""}, "limit": 1},
     [[1, "c", "1"], [1, "c", "2"]], {"*": 1}, 5),
    ("A push that does not fit is not passed over for a smaller one.", GROUPED, 4,
     {"cursors": {"*": ""}, "limit": 3}, [[1, "c", "1"], [1, "c", "2"]], {"*": 1}, 5),
    ("A push larger than the limit may be the last page.", rows((1, "c", "1"), (1, "c", "2"), (1, "c", "3")), 1,
     {"cursors": {"*": ""}, "limit": 2}, [[1, "c", "1"], [1, "c", "2"], [1, "c", "3"]], {"*": 1}, 0),

    ("A named collection has its own cursor.", MIXED, 6, {"cursors": {"*": cursor(6), "meals": cursor(1)}},
     [[3, "meals", "2"], [6, "meals", "3"]], {"*": 6, "meals": 6}, 0),
    ("The star means every collection that is not named.", MIXED, 6, {"cursors": {"*": "", "meals": cursor(6)}},
     [[2, "weights", "1"], [4, "sleep", "1"], [5, "weights", "2"]], {"*": 6, "meals": 6}, 0),
    ("Without the star only what is named comes.", MIXED, 6, {"cursors": {"sleep": "", "weights": cursor(2)}},
     [[4, "sleep", "1"], [5, "weights", "2"]], {"sleep": 6, "weights": 6}, 0),
    ("Null means not this collection, and is not in the reply.", MIXED, 6, {"cursors": {"*": "", "meals": None}},
     [[2, "weights", "1"], [4, "sleep", "1"], [5, "weights", "2"]], {"*": 6}, 0),
    ("Null for the star leaves what is named.", MIXED, 6, {"cursors": {"*": None, "sleep": ""}}, [[4, "sleep", "1"]],
     {"sleep": 6}, 0),
    ("Null alone gives nothing.", MIXED, 6, {"cursors": {"*": None}}, [], {}, 0),
    ("A collection that nobody has written gives nothing and stands at the head.", MIXED, 6,
     {"cursors": {"moods": ""}}, [], {"moods": 6}, 0),
    ("A collection's name is not a prefix.", rows((1, "c", "1"), (2, "cc", "1")), 2, {"cursors": {"c": ""}},
     [[1, "c", "1"]], {"c": 2}, 0),
    ("A collection's name is compared by bytes.", rows((1, "c", "1"), (2, "C", "1"), (3, "c ", "1")), 3,
     {"cursors": {"c": ""}}, [[1, "c", "1"]], {"c": 3}, 0),
    ("A collection may have a number for a name.", rows((1, "1", "1"), (2, "01", "1"), (3, "2", "1")), 3,
     {"cursors": {"1": "", "*": cursor(2)}}, [[1, "1", "1"], [3, "2", "1"]], {"1": 3, "*": 3}, 0),
    ("The epochs of the cursors are looked at one by one.", MIXED, 6,
     {"cursors": {"*": cursor(6), "meals": cursor(3, OTHER_EPOCH), "sleep": cursor(99)}},
     [[1, "meals", "1"], [3, "meals", "2"], [4, "sleep", "1"], [6, "meals", "3"]],
     {"*": 6, "meals": 6, "sleep": 6}, 0),
    ("A pull may have 256 cursors.", THREE, 3, {"cursors": {"c": cursor(2)} | {f"c{n}": None for n in range(255)}}, [3],
     {"c": 3}, 0),
    ("A page that is not the last leaves all its cursors at its last sequence.", MIXED, 6,
     {"cursors": {"*": "", "meals": cursor(1)}, "limit": 2}, [[2, "weights", "1"], [3, "meals", "2"]],
     {"*": 3, "meals": 3}, 3),
    ("A page does not move a cursor back that was further already.", MIXED, 6,
     {"cursors": {"*": "", "meals": cursor(3)}, "limit": 1}, [[2, "weights", "1"]], {"*": 2, "meals": 3}, 3),
    ("Rows of collections that are not wanted do not fill the page.", MIXED, 6,
     {"cursors": {"meals": ""}, "limit": 2}, [[1, "meals", "1"], [3, "meals", "2"]], {"meals": 3}, 1),
    ("Only the wanted part of a push counts against the limit.",
     rows((1, "c", "1"), (1, "d", "1"), (1, "d", "2"), (2, "c", "2"), (2, "d", "3"), (3, "c", "3")), 3,
     {"cursors": {"c": "", "d": None}, "limit": 2}, [[1, "c", "1"], [2, "c", "2"]], {"c": 2}, 1),

    ("What this request pushed does not come back.", THREE, 3, {"cursors": {"*": cursor(1)}, "pushed": 3}, [2],
     {"*": 3}, 0),
    ("The cursor moves past what this request pushed.", THREE, 3, {"cursors": {"*": cursor(2)}, "pushed": 3}, [],
     {"*": 3}, 0),
    ("What this request pushed does not count as remaining.", THREE, 3,
     {"cursors": {"*": ""}, "limit": 2, "pushed": 3}, [1, 2], {"*": 3}, 0),
    ("A page that is not the last stays before what this request pushed.", THREE, 3,
     {"cursors": {"*": ""}, "limit": 1, "pushed": 3}, [1], {"*": 1}, 1),
    ("A push that applied nothing excludes nothing.", THREE, 3, {"cursors": {"*": cursor(2)}, "pushed": None}, [3],
     {"*": 3}, 0),
]

PULL_ERRORS = [
    ("A limit of 0 is refused.", {"cursors": {"*": ""}, "limit": 0}, "validation_failed"),
    ("A negative limit is refused.", {"cursors": {"*": ""}, "limit": -1}, "validation_failed"),
    ("A limit of 5,001 is refused.", {"cursors": {"*": ""}, "limit": 5_001}, "validation_failed"),
    ("A pull with 257 cursors is refused.", {"cursors": {"c": cursor(2)} | {f"c{n}": None for n in range(256)}},
     "validation_failed"),
    ("A cursor that is a word is refused.", {"cursors": {"*": "head"}}, "cursor_malformed"),
    ("A cursor without a sequence is refused.", {"cursors": {"*": EPOCH}}, "cursor_malformed"),
    ("A cursor with an empty sequence is refused.", {"cursors": {"*": EPOCH + "."}}, "cursor_malformed"),
    ("A cursor without an epoch is refused.", {"cursors": {"*": ".1"}}, "cursor_malformed"),
    ("A cursor with a short epoch is refused.", {"cursors": {"*": "e1.1"}}, "cursor_malformed"),
    ("A cursor with a negative sequence is refused.", {"cursors": {"*": EPOCH + ".-1"}}, "cursor_malformed"),
    ("A cursor with a hexadecimal sequence is refused.", {"cursors": {"*": EPOCH + ".1f"}}, "cursor_malformed"),
    ("A cursor with a space is refused.", {"cursors": {"*": EPOCH + ".1 "}}, "cursor_malformed"),
    ("A cursor with a line feed is refused.", {"cursors": {"*": EPOCH + ".1\n"}}, "cursor_malformed"),
    ("A malformed cursor of a named collection is refused.", {"cursors": {"*": "", "c": "x"}}, "cursor_malformed"),
]

# name, pushes, ops of each push, request, ops on the page, sequence of the cursor, remaining.
FILLED = [
    ("A page has 4,000 ops unless the request says so.", 4_001, 1, {"cursors": {"*": ""}}, 4_000, 4_000, 1),
    ("A page of exactly 4,000 ops is the last.", 4_000, 1, {"cursors": {"*": ""}}, 4_000, 4_000, 0),
    ("A request may ask for 5,000 ops.", 5_001, 1, {"cursors": {"*": ""}, "limit": 5_000}, 5_000, 5_000, 1),
    ("A page ends before the push that does not fit.", 60, 99, {"cursors": {"*": ""}}, 3_960, 40, 1_980),
    ("A push of more than 4,000 ops comes whole.", 2, 4_500, {"cursors": {"*": ""}}, 4_500, 1, 4_500),
]


def _space(sequenced, head):
    space = Space(EPOCH)
    space.head = head
    for sequence, an_op in sequenced:
        space.store(an_op, sequence)
    return space


def _pull(space, request):
    return space.pull(request["cursors"], request.get("limit", limits.PAGE_OPS_DEFAULT), request.get("pushed"))


def _pull_case(name, sequenced, head, request, page, cursors, remaining):
    space = _space(sequenced, head)
    result = _pull(space, request)
    got = [[row.sequence, row.op.path.collection.decode(), row.op.path.record.decode()] for row in result.rows]
    if page and isinstance(page[0], int):
        agree(name, page, [each[0] for each in got])
    else:
        agree(name, page, got)
    stated = {collection: cursor(sequence) for collection, sequence in cursors.items()}
    agree(name, (stated, remaining), (result.cursors, result.remaining))
    return {"name": name, "epoch": EPOCH, "head": head,
            "rows": [op_json(an_op) | {"sequence": sequence} for sequence, an_op in sequenced], "request": request,
            "expect": {"ops": [_row_json(row) for row in result.rows], "cursors": result.cursors,
                       "remaining": result.remaining}}


def _filled_case(name, pushes, ops_each, request, count, sequence, remaining):
    sequenced = [(1 + index // ops_each, op("c", f"{index:05}", "f", at(0), b"\x01"))
                 for index in range(pushes * ops_each)]
    result = _pull(_space(sequenced, pushes), request)
    agree(name, (count, {"*": cursor(sequence)}, remaining), (len(result.rows), result.cursors, result.remaining))
    return {"name": name, "epoch": EPOCH, "head": pushes, "fill": {"pushes": pushes, "ops_each": ops_each},
            "request": request, "expect": {"op_count": count, "cursors": result.cursors, "remaining": remaining}}


def pull_file():
    cases = [_pull_case(*row) for row in PULLS] + [_filled_case(*row) for row in FILLED]
    for name, request, code in PULL_ERRORS:
        agree(name, code, refusal(lambda: _pull(_space(THREE, 3), request)))
        cases.append({"name": name, "epoch": EPOCH, "head": 3,
                      "rows": [op_json(an_op) | {"sequence": sequence} for sequence, an_op in THREE],
                      "request": request, "error": code})
    return {"description": "Pages of a space: their ops, their cursors and what remains.", "cases": cases}
