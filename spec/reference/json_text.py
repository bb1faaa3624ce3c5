"""JSON text and values: op-format.md, "JSON maps onto values so"."""

import base64
import binascii
import json
import math

import limits
from encoding import Refused

BYTES_MEMBER = "$bytes"


def _integer(text):
    # Twenty characters hold every int64; Python would refuse to convert a text of thousands of digits.
    if len(text) > 20 or not limits.INT64_MIN <= int(text) <= limits.INT64_MAX:
        raise Refused("number_out_of_range")
    return int(text)


def _double(text):
    number = float(text)
    if math.isinf(number):
        raise Refused("number_out_of_range")
    return number


def _constant(_):
    raise Refused("json_malformed")


def _base64(text):
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, TypeError, ValueError):
        raise Refused("json_malformed") from None
    if base64.b64encode(decoded).decode() != text:
        raise Refused("json_malformed")
    return decoded


def _object(members):
    if len(members) == 1 and members[0][0] == BYTES_MEMBER:
        return _base64(members[0][1])
    if len({key for key, _ in members}) != len(members):
        raise Refused("json_malformed")
    return dict(members)


def _refuse_lone_surrogates(value):
    if isinstance(value, str):
        value.encode("utf-8", "strict")
    elif isinstance(value, list):
        for item in value:
            _refuse_lone_surrogates(item)
    elif isinstance(value, dict):
        for key, member in value.items():
            _refuse_lone_surrogates(key)
            _refuse_lone_surrogates(member)


def parse(data):
    try:
        text = data.decode("utf-8", "strict")
        value = json.loads(text, parse_int=_integer, parse_float=_double, parse_constant=_constant,
                           object_pairs_hook=_object)
        _refuse_lone_surrogates(value)
    except ValueError:
        raise Refused("json_malformed") from None
    return value


def jsonable(value):
    """The value as what Python's own json module writes: bytes become their member, keys ascend by bytes."""
    if isinstance(value, bytes):
        return {BYTES_MEMBER: base64.b64encode(value).decode()}
    if isinstance(value, list):
        return [jsonable(item) for item in value]
    if isinstance(value, dict):
        return {key: jsonable(value[key]) for key in sorted(value, key=str.encode)}
    return value


def write(value):
    """Compact text: no spaces, and no escapes but for quotes, backslashes and control characters."""
    return json.dumps(jsonable(value), ensure_ascii=False, separators=(",", ":"))
