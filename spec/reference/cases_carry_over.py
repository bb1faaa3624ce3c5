"""carry_over.json."""

from carry_over import carry_over
from encoding import ABSENT, TOMBSTONE, encode_value
from notation import agree, refusal
from strategies import Context, Register, strategy_named
from tags import tag

NONE = bytes(16)


def stamp(milliseconds, replica=1):
    return milliseconds.to_bytes(6, "big") + bytes(2) + replica.to_bytes(8, "big")


S1, S2, S3 = stamp(1000), stamp(2000, 2), stamp(3000, 3)
OWN = (1).to_bytes(8, "big")
OTHER = (2).to_bytes(8, "big")


def live(element, at, value):
    return {element: Register(at, encode_value(value))}


def put(merge, value, at=S1, replica=OWN, deletion=NONE):
    """The slots of a field that one put made."""
    written = strategy_named(merge).put(value, {}, Context(at, replica, deletion))
    return {element: Register(at, register) for element, register in written.items()}


PAIR = live(OWN + NONE, S1, [7, 2]) | live(OTHER + NONE, S2, [3, 0])


def carried(before, slots, *others):
    """The field's slots after a migration to a list."""
    merged = _merged(slots, carry_over(before, "list", slots, NONE))
    return merged | dict(pair for other in others for pair in other.items())


def removed(slots, value, at):
    """With each item of the list that is this value removed, and its places left."""
    items = [element for element, register in slots.items()
             if len(element) == 37 and register.value == encode_value(value)]
    return slots | {element: Register(at, TOMBSTONE) for element in items}


def _merged(slots, written):
    """By the law."""
    merged = dict(slots)
    for element, register in written.items():
        if element not in merged or merged[element] < register:
            merged[element] = register
    return merged


SET = put("set", ["b", "a"])
AGAIN = live(tag(S3, 0), S3, "a")

# name, before, after, slots, deletion, is_return; then what the field reads by the rule after, stated by hand.
CASES = [
    ("An integer becomes a counter.", "lww", "counter", live(b"", S1, 500), NONE, False, 500),
    ("A negative integer becomes a counter.", "lww", "counter", live(b"", S1, -7), NONE, False, -7),
    ("What another device counts by now is added.", "lww", "counter",
     live(b"", S1, 500) | live(OTHER + NONE, S2, [20, 0]), NONE, False, 520),
    ("A carried number follows the deletion of the record.", "lww", "counter", live(b"", S3, 2), S2, False, 2),
    ("A number becomes the least.", "lww", "min", live(b"", S1, 1.5), NONE, False, 1.5),
    ("A number becomes the greatest.", "lww", "max", live(b"", S1, 3), NONE, False, 3),
    ("An array becomes a set.", "lww", "set", live(b"", S1, ["b", "a", "b"]), NONE, False, ["a", "b"]),
    ("One value becomes a set.", "lww", "set", live(b"", S1, "a"), NONE, False, ["a"]),
    ("An array becomes a list.", "lww", "list", live(b"", S1, ["b", "a"]), NONE, False, ["b", "a"]),
    ("An object becomes a map.", "lww", "map", live(b"", S1, {"waist": 80}), NONE, False, {"waist": 80}),
    ("An array becomes one of several values.", "lww", "multi", live(b"", S1, [1]), NONE, False, [[1]]),
    ("A string becomes a text.", "lww", "merge_text", live(b"", S1, "a"), NONE, False, "a"),
    ("A removed value carries nothing.", "lww", "counter", {b"": Register(S1, TOMBSTONE)}, NONE, False, ABSENT),
    ("The sum of a counter becomes a value.", "counter", "lww", PAIR, NONE, False, 8),
    ("The sum of a counter becomes the greatest.", "counter", "max", PAIR, NONE, False, 8),
    ("A sum becomes the item of a set.", "counter", "set", PAIR, NONE, False, [8]),
    ("The greatest becomes a counter.", "max", "counter",
     live(OWN + NONE, S1, 4) | live(OTHER + NONE, S2, 3), NONE, False, 4),
    ("The least of each device is read by the greatest.", "min", "max",
     live(OWN + NONE, S1, 4) | live(OTHER + NONE, S2, 3), NONE, False, 4),
    ("A set becomes an array.", "set", "lww", put("set", ["b", "a"]), NONE, False, ["a", "b"]),
    ("A set becomes a list.", "set", "list", put("set", ["b", "a"]), NONE, False, ["a", "b"]),
    ("A set is read as several values.", "set", "multi", put("set", ["b", "a"]), NONE, False, ["b", "a"]),
    ("Several values are read as a set.", "multi", "set", put("multi", ["b", "a"]), NONE, False, ["a", "b"]),
    ("A value from before there were tags becomes an item.", "multi", "set", live(b"", S1, "a"), NONE, False, ["a"]),
    ("The latest of several values becomes the value.", "multi", "lww",
     live(tag(S2, 0), S2, "late") | live(tag(S1, 0), S1, "soon"), NONE, False, "late"),
    ("All of several values become a list.", "multi", "list",
     live(tag(S2, 0), S2, "late") | live(tag(S1, 0), S1, "soon"), NONE, False, ["soon", "late"]),
    ("Texts become one value.", "merge_text", "lww",
     live(tag(S2, 0), S2, "late") | live(tag(S1, 0), S1, "soon"), NONE, False, "soon\n\nlate"),
    ("A joined text is not joined again.", "merge_text", "lww",
     live(tag(S2, 0), S2, "late") | live(tag(S1, 0), S1, "soon") | live(b"", S2, "soon\n\nlate"), NONE, False,
     "soon\n\nlate"),
    ("A list becomes an array.", "list", "lww", put("list", ["b", "a"]), NONE, False, ["b", "a"]),
    ("A list becomes several values.", "list", "multi", put("list", ["b", "a"]), NONE, False, ["b", "a"]),
    ("A map becomes an object.", "map", "lww", put("map", {"k": 1}), NONE, False, {"k": 1}),
    ("A counter that comes back is not counted twice.", "lww", "counter",
     PAIR | live(b"", S2, 8), NONE, True, 8),
    ("A counter that comes back has what was put meanwhile.", "lww", "counter",
     PAIR | live(b"", S3, 20), NONE, True, 20),
    ("A list that comes back has what was put meanwhile.", "lww", "list",
     put("list", ["a", "b"]) | live(b"", S3, ["b", "c"]), NONE, True, ["b", "c"]),
    ("Equal items of an array are as many in the list.", "lww", "list", live(b"", S1, ["a", "b", "a"]), NONE, False,
     ["a", "b", "a"]),
    ("An item that was added by the old rule stands behind the one before it.", "set", "list",
     carried("set", SET, live(tag(S2, 0), S2, "aa")), NONE, False, ["a", "aa", "b"]),
    ("An item that was added by the old rule before all others stands before them.", "set", "list",
     carried("set", SET, live(tag(S2, 0), S2, "B")), NONE, False, ["B", "a", "b"]),
    ("An array with more items adds those that are not there.", "lww", "list",
     carried("lww", live(b"", S1, ["b", "a"]), live(b"", S2, ["c", "a", "b", "a"])), NONE, False, ["b", "c", "a", "a"]),
    ("A value that was put later is added to the list.", "multi", "list",
     carried("multi", put("multi", ["b", "a"]), live(tag(S2, 0), S2, "c")), NONE, False, ["b", "a", "c"]),
    ("Two migrations that had not seen one another are one.", "set", "list",
     _merged(carried("set", SET), carried("set", SET | live(tag(S2, 0), S2, "z"))), NONE, False, ["a", "b", "z"]),
    ("What was removed from the list does not come back.", "set", "list",
     removed(carried("set", SET, live(tag(S3, 0), S3, "z")), "a", S2), NONE, False, ["b", "z"]),
    ("What was removed from the list comes back once it is added anew.", "set", "list",
     removed(carried("set", SET), "a", S2) | AGAIN, NONE, False, ["a", "b"]),
    ("What an array still names comes back to a list once it is put anew.", "lww", "list",
     removed(carried("lww", live(b"", S1, ["a", "b"])), "a", S2) | live(b"", S3, ["a", "b"]), NONE, False, ["a", "b"]),
    ("A list that comes back has what was put meanwhile once.", "lww", "list",
     carried("lww", live(b"", S1, ["a", "b"]), live(b"", S3, ["b", "b", "c"])), NONE, True, ["b", "b", "c"]),
    ("Several values that come back are those that were put meanwhile.", "lww", "multi",
     put("multi", ["a", "b"]) | live(b"", S3, "c"), NONE, True, ["c"]),
]

# name, before, after, slots, the code.
LEFT = [
    ("A text is no counter.", "lww", "counter", live(b"", S1, "much"), "type_mismatch"),
    ("A double is no counter.", "lww", "counter", live(b"", S1, 1.5), "type_mismatch"),
    ("The least integer is no counter.", "lww", "counter", live(b"", S1, -2**63), "counter_overflow"),
    ("A number is no text.", "lww", "merge_text", live(b"", S1, 1), "type_mismatch"),
    ("An array is no map.", "lww", "map", live(b"", S1, [1]), "type_mismatch"),
    ("A map is no counter.", "map", "counter", put("map", {"k": 1}), "type_mismatch"),
]


def _slots(registers):
    return [{"element": element.hex(), "stamp": register.stamp.hex(), "value": register.value.hex()}
            for element, register in sorted(registers.items())]


def carry_over_file():
    cases = []
    for name, before, after, slots, deletion, is_return, read in CASES:
        written = carry_over(before, after, slots, deletion, is_return)
        merged = _merged(slots, written)
        agree(name, read, strategy_named(after).resolve(merged, deletion))
        again = carry_over(before, after, merged, deletion, is_return)
        agree(name + " Again.", merged, _merged(merged, again))
        cases.append({"name": name, "kind": "carried", "before": before, "after": after, "deletion": deletion.hex(),
                      "is_return": is_return, "slots": _slots(slots), "written": _slots(written)})
    for name, before, after, slots, code in LEFT:
        agree(name, code, refusal(lambda: carry_over(before, after, slots, NONE)))
        cases.append({"name": name, "kind": "left", "before": before, "after": after, "deletion": NONE.hex(),
                      "is_return": False, "slots": _slots(slots), "error": code})
    return {"description": "What a field holds by one rule, as another holds it.", "cases": cases}
