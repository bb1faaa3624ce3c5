"""index_keys.json."""

import index_keys
import schema
from encoding import double_from_bits
from index_keys import NONE
from notation import agree, typed

TOP = 2**63


def bits(text):
    return double_from_bits(int(text, 16))


# name, place, fields of the index, the component in hexadecimal, whether it is cut.
COMPONENTS = [
    ("None is one byte.", NONE, 1, "01", False),
    ("Null is one byte.", None, 1, "02", False),
    ("False is one byte.", False, 1, "03", False),
    ("True is one byte.", True, 1, "04", False),
    ("The int64 zero.", 0, 1, "0580000000000000000000", False),
    ("The int64 one is as the double.", 1, 1, "05bff00000000000000000", False),
    ("The double one is as the int64.", 1.0, 1, "05bff00000000000000000", False),
    ("Negative zero is zero.", -0.0, 1, "0580000000000000000000", False),
    ("The int64 minus one has all bits of its double inverted.", -1, 1, "05400fffffffffffff0000", False),
    ("The double 72.5.", 72.5, 1, "05c0522000000000000000", False),
    ("The least double that is above zero.", bits("0000000000000001"), 1, "0580000000000000010000", False),
    ("The greatest double.", bits("7fefffffffffffff"), 1, "05ffefffffffffffff0000", False),
    ("The last int64 before doubles leave some out.", 2**53, 1, "05c3400000000000000000", False),
    ("An int64 that is no double has the rest behind it.", 2**53 + 1, 1, "05c3400000000000000001", False),
    ("A negative int64 that is no double lies above the double below it.", -(2**53) - 1, 1, "053cbffffffffffffe0001",
     False),
    ("The greatest int64.", TOP - 1, 1, "05c3dfffffffffffff03ff", False),
    ("The double 2^63 is above it.", 2.0**63, 1, "05c3e00000000000000000", False),
    ("The least int64 is a double.", -TOP, 1, "053c1fffffffffffff0000", False),
    ("The empty string.", "", 1, "0600", False),
    ("A string.", "dinner", 1, "0664696e6e657200", False),
    ("A zero byte in a string has FF behind it.", "a\0b", 1, "066100ff6200", False),
    ("Bytes have a tag of their own.", b"\x01\xff", 1, "0701ff00", False),
    ("A string of 352 bytes is whole.", "a" * 352, 1, "06" + "61" * 352 + "00", False),
    ("A string of 353 bytes is cut.", "a" * 353, 1, "06" + "61" * 352 + "01", True),
    ("Of four fields each has a quarter of the room.", "a" * 89, 4, "06" + "61" * 88 + "01", True),
    ("Of three fields each has 117 bytes.", b"\x00" * 60, 3, "07" + "00ff" * 59 + "01", True),
    ("A zero byte at the end of the room is taken whole.", b"a" * 116 + b"\x00", 3, "07" + "61" * 116 + "00ff00",
     False),
    ("A string is cut in the middle of a character where it has to be.", "\u00e9" * 60, 3,
     "06" + "c3a9" * 58 + "c301", True),
]

# name, less, greater; as places of an index of one field.
ORDER = [
    ("None is less than null.", NONE, None),
    ("Null is less than false.", None, False),
    ("False is less than true.", False, True),
    ("A boolean is less than a number.", True, bits("ffefffffffffffff")),
    ("A number is less than a string.", bits("7fefffffffffffff"), ""),
    ("A string is less than bytes.", "\U0010ffff", b""),
    ("Numbers of two types are in one order.", 1, 1.5),
    ("And the other way round.", -1.5, -1),
    ("A double below an int64 that is no double.", float(2**53), 2**53 + 1),
    ("A double above an int64 that is no double.", 2**53 + 1, float(2**53 + 2)),
    ("The greatest int64 is below 2^63.", TOP - 1, 2.0**63),
    ("Two of the greatest int64s.", TOP - 2, TOP - 1),
    ("Two of the least int64s.", -TOP, 1 - TOP),
    ("An int64 is not rounded to the double above it.", TOP - 513, TOP - 512),
    ("A fraction next to zero.", 0, bits("0000000000000001")),
    ("A negative fraction next to zero.", bits("8000000000000001"), -0.0),
    ("A prefix comes first.", "a", "aa"),
    ("A prefix comes before what goes on with a zero byte.", "a", "a\0"),
    ("A zero byte comes before every other.", "a\0b", "a\1"),
    ("A zero byte and then FF.", b"a\x00", b"a\x00\xff"),
    ("What is whole comes before what is cut.", "a" * 352, "a" * 353),
    ("What is cut comes before what is greater early.", "a" * 400, "b"),
]

SAME = [
    ("An int64 and a double that are equal.", 1, 1.0),
    ("The two zeros.", 0.0, -0.0),
    ("Strings that differ behind the room.", "a" * 352 + "b", "a" * 352 + "c"),
]

# name, fields, record, values, [[entry without its number, flags]...]
ENTRIES = [
    ("A record has one entry.", ["date"], "m1", {"date": "2024-01-01"}, [("06323032342d30312d3031006d31", 0)]),
    ("A field that is absent has none as its place.", ["date"], "m1", {"name": "soup"}, [("016d31", 0)]),
    ("Two fields come one after the other.", ["kind", "rank"], "m1", {"rank": 1, "kind": "a"},
     [("06610005bff000000000000000006d31", 0)]),
    ("A prefix in the first field does not mix with the second.", ["a", "b"], "r", {"a": "x", "b": "y"},
     [("06780006790072", 0)]),
    ("An object has none as its place.", ["a"], "r", {"a": {"k": 1}}, [("0172", 0)]),
    ("An array has an entry an item.", ["tags"], "r", {"tags": ["b", "a"]}, [("06610072", 1), ("06620072", 1)]),
    ("An array of one item has one entry.", ["tags"], "r", {"tags": ["a"]}, [("06610072", 0)]),
    ("An empty array has none as its place.", ["tags"], "r", {"tags": []}, [("0172", 0)]),
    ("An item without an order has no entry.", ["tags"], "r", {"tags": [[1], "a", {}]}, [("06610072", 0)]),
    ("An array of nothing that has an order has none.", ["tags"], "r", {"tags": [[1], {}]}, [("0172", 0)]),
    ("Items that are equal share an entry.", ["tags"], "r", {"tags": [True, True]}, [("0472", 0)]),
    ("Only the first array is spread.", ["a", "b"], "r", {"a": [True, False], "b": [None]},
     [("030172", 1), ("040172", 1)]),
    ("An array is spread where it stands.", ["a", "b"], "r", {"a": None, "b": [True, False]},
     [("020372", 1), ("020472", 1)]),
    ("What is cut is marked.", ["a"], "r", {"a": "x" * 360}, [("06" + "78" * 352 + "0172", 2)]),
    ("One item of two is cut.", ["a"], "r", {"a": [None, "x" * 360]},
     [("0272", 1), ("06" + "78" * 352 + "0172", 3)]),
    ("Two items that are cut to the same share an entry.", ["a"], "r", {"a": ["x" * 360, "x" * 361]},
     [("06" + "78" * 352 + "0172", 2)]),
]

NUMBER = 0x01020304
DIGESTED = {"name": "n", "version": 1, "collections": {"c": {
    "fields": {"a": {"merge": "counter"}}, "groups": {"g": {"fields": ["l", "r"]}},
    "indexes": {"one": {"fields": ["a"]}, "three": {"fields": ["l", "plain", "a"]}}}}}


def place_json(place):
    return {"t": "none"} if place is NONE else typed(place)


def index_keys_file():
    cases = []
    for name, place, fields, component, cut in COMPONENTS:
        data, is_cut = index_keys.component(place, index_keys.room(fields))
        agree(name, (component, cut), (data.hex(), is_cut))
        cases.append({"name": name, "kind": "component", "place": place_json(place), "fields": fields,
                      "component": component, "cut": cut})
    for name, less, greater in ORDER:
        low, high = (index_keys.component(place, index_keys.room(1))[0] for place in (less, greater))
        agree(name, True, low < high and index_keys.place_order(less) < index_keys.place_order(greater))
        cases.append({"name": name, "kind": "order", "less": place_json(less), "greater": place_json(greater)})
    for name, one, other in SAME:
        data = [index_keys.component(place, index_keys.room(1))[0] for place in (one, other)]
        agree(name, data[0], data[1])
        cases.append({"name": name, "kind": "same", "one": place_json(one), "other": place_json(other)})
    for name, fields, record, values, stated in ENTRIES:
        found = index_keys.entries(NUMBER, fields, record, values)
        stated = [(f"{NUMBER:08x}" + tail, flags) for tail, flags in stated]
        agree(name, stated, [(key.hex(), flags) for key, flags in found.items()])
        cases.append({"name": name, "kind": "entries", "number": NUMBER, "fields": fields, "record": record,
                      "values": typed(values), "entries": [{"key": key, "flags": flags} for key, flags in stated]})
    rules = schema.Collection(DIGESTED, "c")
    for index in rules.indexes:
        cases.append({"name": f"The digest of the index {index}.", "kind": "digest", "schema": DIGESTED,
                      "collection": "c", "index": index, "digest": schema.index_digest("c", index, rules).hex()})
    return {"description": "The keys of indexes, and the digests of their declarations.", "cases": cases}
