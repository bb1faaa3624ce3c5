"""How vectors write values, bytes and ops down; spec/vectors/README.md describes it for their readers."""

from batch import Op
from encoding import Refused, double_bits
from slot import path


def typed(value):
    if value is None:
        return {"t": "null"}
    if isinstance(value, bool):
        return {"t": "bool", "v": value}
    if isinstance(value, int):
        return {"t": "int", "v": str(value)}
    if isinstance(value, float):
        return {"t": "double", "bits": f"{double_bits(value):016x}"}
    if isinstance(value, str):
        return {"t": "string", "utf8": value.encode().hex()}
    if isinstance(value, bytes):
        return {"t": "bytes", "hex": value.hex()}
    if isinstance(value, list):
        return {"t": "array", "v": [typed(item) for item in value]}
    members = sorted((key.encode(), member) for key, member in value.items())
    return {"t": "object", "v": [[key.hex(), typed(member)] for key, member in members]}


def repeat(byte_hex, count):
    return {"repeat": byte_hex, "count": count}


def expand(parts):
    """The bytes of a hex string, or of a list of hex strings and repeats."""
    if isinstance(parts, str):
        return bytes.fromhex(parts)
    if isinstance(parts, dict):
        return bytes.fromhex(parts["repeat"]) * parts["count"]
    return b"".join(expand(part) for part in parts)


def op(collection, record, field, stamp, value, element=b""):
    return Op(path(collection, record, field, element), stamp, value)


def op_json(an_op):
    return {"collection": an_op.path.collection.decode(), "record": an_op.path.record.decode(),
            "field": an_op.path.field.decode(), "element": an_op.path.element.hex(),
            "stamp": an_op.stamp.hex(), "value": an_op.value.hex()}


def refusal(call):
    """The code that the call is refused with, or None."""
    try:
        call()
    except Refused as refused:
        return refused.code
    return None


def agree(name, stated, computed):
    assert stated == computed, f"{name}\n  stated:   {stated}\n  computed: {computed}"
