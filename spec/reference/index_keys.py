"""Keys of indexes: indexes.md, "Order" and "Key".

A place is a value or NONE. The order of keys is checked against `place_order`, which knows nothing of bytes of keys.
"""

import math
import struct
from fractions import Fraction

import limits
from encoding import double_bits, order_double
from strategies import is_number

NONE = object()
_NONE, _NULL, _FALSE, _TRUE, _NUMBER, _STRING, _BYTES = range(1, 8)
WHOLE, CUT = b"\x00", b"\x01"
HAS_OTHERS, IS_CUT = 1, 2


def room(fields):
    return limits.INDEX_VALUE_BYTES_MAX // fields


def place_of(value):
    """What the value counts as; arrays are spread before."""
    return NONE if isinstance(value, (list, dict)) else value


def _number(value):
    below = float(value)
    if Fraction(below) > Fraction(value):
        below = math.nextafter(below, -math.inf)
    rest = Fraction(value) - Fraction(below)
    assert rest.denominator == 1 and 0 <= rest < 1024
    return struct.pack(">QH", order_double(double_bits(below + 0.0)), int(rest))


def _content(data, room_bytes):
    content = bytearray()
    for index, byte in enumerate(data):
        if len(content) >= room_bytes:
            return bytes(content) + CUT, True
        content += bytes([byte, 0xFF]) if byte == 0 else bytes([byte])
    return bytes(content) + WHOLE, False


def component(place, room_bytes):
    """The component, and whether it is cut."""
    if place is NONE:
        return bytes([_NONE]), False
    if place is None:
        return bytes([_NULL]), False
    if isinstance(place, bool):
        return bytes([_TRUE if place else _FALSE]), False
    if is_number(place):
        return bytes([_NUMBER]) + _number(place), False
    tag, data = (_STRING, place.encode()) if isinstance(place, str) else (_BYTES, place)
    content, cut = _content(data, room_bytes)
    return bytes([tag]) + content, cut


def place_order(place):
    """What sorts as the place does where nothing is cut."""
    if place is NONE:
        return (0,)
    if place is None:
        return (1,)
    if isinstance(place, bool):
        return (3,) if place else (2,)
    if is_number(place):
        return (4, Fraction(place))
    return (5, place.encode()) if isinstance(place, str) else (6, place)


def entries(number, fields, record, values):
    """The entries of a record whose fields hold `values`: key to flags, ascending."""
    spread = next((field for field in fields if isinstance(values.get(field, NONE), list)), None)
    rows = [[]]
    for field in fields:
        value = values.get(field, NONE)
        if field == spread:
            places = [item for item in value if not isinstance(item, (list, dict))] or [NONE]
            rows = [row + [place] for row in rows for place in places]
        else:
            rows = [row + [place_of(value)] for row in rows]
    found = {}
    for row in rows:
        components = [component(place, room(len(fields))) for place in row]
        key = struct.pack(">I", number) + b"".join(data for data, _ in components) + record.encode()
        found[key] = found.get(key, 0) | (IS_CUT if any(cut for _, cut in components) else 0)
    others = HAS_OTHERS if len(found) > 1 else 0
    return {key: flags | others for key, flags in sorted(found.items())}
