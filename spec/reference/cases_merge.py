"""law.json."""

from encoding import TOMBSTONE, encode_value
from merge import wins
from notation import agree, op, op_json
from slot import slot_key
from strategies import Register

S1 = bytes.fromhex("018bcfe5680000000000000000000001")
S2 = bytes.fromhex("018bcfe5680000010000000000000001")
S3 = bytes.fromhex("018bcfe5680000010000000000000002")
S4 = bytes.fromhex("018bcfe5680100000000000000000001")
LOW_MILLISECONDS = bytes.fromhex("7fffffffffff00000000000000000001")
HIGH_MILLISECONDS = bytes.fromhex("80000000000000000000000000000001")
LOW_REPLICA = bytes.fromhex("018bcfe5680000007f00000000000001")
HIGH_REPLICA = bytes.fromhex("018bcfe5680000008000000000000000")


def register(stamp, value):
    return Register(stamp, TOMBSTONE if value is TOMBSTONE else encode_value(value))


# name, the loser, the winner; a loser of None is a slot that does not exist.
PAIRS = [
    ("The later millisecond wins.", register(S1, 1), register(S4, 0)),
    ("The greater counter wins.", register(S1, 1), register(S2, 0)),
    ("The greater replica wins.", register(S2, 1), register(S3, 0)),
    ("Milliseconds compare as an unsigned number.", register(LOW_MILLISECONDS, 1), register(HIGH_MILLISECONDS, 0)),
    ("Replicas compare as unsigned bytes.", register(LOW_REPLICA, 1), register(HIGH_REPLICA, 0)),
    ("A later tombstone beats a value.", register(S1, "x"), register(S2, TOMBSTONE)),
    ("A later value beats a tombstone.", register(S1, TOMBSTONE), register(S2, None)),
    ("A slot that does not exist loses to a value.", None, register(S1, None)),
    ("A slot that does not exist loses to a tombstone.", None, register(S1, TOMBSTONE)),
    ("A slot that does not exist loses to a tombstone of the least stamp.", None,
     register(bytes.fromhex("00000000000000000000000000000001"), TOMBSTONE)),
    ("Of one stamp a value beats a tombstone.", register(S1, TOMBSTONE), register(S1, None)),
    ("Of one stamp the greater int64 wins.", register(S1, -1), register(S1, 1)),
    ("Of one stamp the greater double wins.", register(S1, -1.5), register(S1, 0.25)),
    ("Of one stamp a double beats every int64.", register(S1, 9_000_000), register(S1, -0.5)),
    ("Of one stamp true beats false.", register(S1, False), register(S1, True)),
    ("Of one stamp the longer string wins, whatever its letters.", register(S1, "b"), register(S1, "aa")),
    ("Of one stamp strings of one length compare as unsigned bytes.", register(S1, "zz"), register(S1, "\u00e9")),
    ("Of one stamp an object beats an array.", register(S1, [9, 9]), register(S1, {})),
    ("Of one stamp bytes beat a string.", register(S1, "zzz"), register(S1, b"a")),
    ("Of one stamp the array with more items wins.", register(S1, [9]), register(S1, [1, 1])),
]

EQUAL = [
    ("A register equals itself.", register(S1, 5)),
    ("A tombstone equals itself.", register(S1, TOMBSTONE)),
]


def c(field, stamp, value, element=b"", record="r"):
    return op("c", record, field, stamp, register(stamp, value).value, element)


# name, ops, the indexes of the ops that remain.
HISTORIES = [
    ("No ops leave no slots.", [], []),
    ("One op is the slot's register.", [c("f", S1, 1)], [0]),
    ("The greatest stamp remains, whatever the order.", [c("f", S4, 1), c("f", S1, 2), c("f", S3, 3)], [0]),
    ("A repeated op changes nothing.", [c("f", S1, 1), c("f", S1, 1), c("f", S1, 1)], [0]),
    ("An op that comes again late does not come back.", [c("f", S1, 1), c("f", S2, 2), c("f", S1, 1)], [1]),
    ("A tombstone that comes first keeps an older value out.", [c("f", S2, TOMBSTONE), c("f", S1, 1)], [0]),
    ("A later value replaces a tombstone.", [c("f", S2, TOMBSTONE), c("f", S4, 1)], [1]),
    ("Two replicas that share an id converge.", [c("f", S1, "left"), c("f", S1, "rite"), c("f", S1, TOMBSTONE)], [1]),
    ("Slots of different elements do not meet.", 
     [c("f", S1, 1, b"a"), c("f", S2, 2, b"b"), c("f", S4, 3)], [2, 0, 1]),
    ("Slots of different fields do not meet.", [c("g", S1, 1), c("f", S2, 2)], [1, 0]),
    ("Slots of different records do not meet.", [c("f", S1, 1, record="s"), c("f", S2, 2)], [1, 0]),
    ("A deletion leaves the slots of the fields where they are.",
     [c("", S1, True, b"live"), c("f", S1, 1), c("", S4, True, b"dead")], [2, 0, 1]),
    ("A field's slot that is older than the deletion is kept too.", 
     [c("", S4, True, b"dead"), c("f", S1, 1)], [0, 1]),
    ("Many ops on a few slots.",
     [c("f", S1, 1), c("g", S3, 1), c("f", S3, 2), c("g", S2, 9), c("f", S2, 7), c("h", S1, TOMBSTONE), c("g", S3, 0),
      c("f", S3, 2), c("h", S1, TOMBSTONE), c("g", S1, 5)], [2, 1, 5]),
]


def _fold(ops):
    slots = {}
    for an_op in ops:
        candidate = Register(an_op.stamp, an_op.value)
        held = slots.get(slot_key(an_op.path))
        if wins(candidate, held and Register(held.stamp, held.value)):
            slots[slot_key(an_op.path)] = an_op
    return [slots[key] for key in sorted(slots)]


def _register_json(a_register):
    return None if a_register is None else {"stamp": a_register.stamp.hex(), "value": a_register.value.hex()}


def law_file():
    cases = []
    for index, (name, loser, winner) in enumerate(PAIRS):
        assert wins(winner, loser) and not (loser and wins(loser, winner)), name
        # The winner stands on either side, so that no implementation passes by always taking one.
        sides = {"a": loser, "b": winner} if index % 2 else {"a": winner, "b": loser}
        cases.append({"name": name, "kind": "pair", **{side: _register_json(each) for side, each in sides.items()},
                      "winner": "b" if index % 2 else "a"})
    for name, each in EQUAL:
        assert not wins(each, each), name
        cases.append({"name": name, "kind": "pair", "a": _register_json(each), "b": _register_json(each),
                      "winner": "equal"})
    for name, ops, remaining in HISTORIES:
        stated = [ops[index] for index in remaining]
        for order in (ops, ops[::-1], ops[1:] + ops[:1] + ops):
            agree(name, stated, _fold(order))
        cases.append({"name": name, "kind": "history", "ops": [op_json(each) for each in ops],
                      "slots": [op_json(each) for each in stated]})
    return {"description": "The law: which of two registers wins, and what remains of a history.", "cases": cases}
