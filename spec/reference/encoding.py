"""Values and registers: op-format.md, "Value" and "Register".

A value is a Python value: None, bool, int, float, str, bytes, list, or dict with str keys. Python holds 1, 1.0
and True equal, so values are always compared by their encodings.
"""

import math
import struct

import limits

NULL, FALSE, TRUE, INT64, DOUBLE, STRING, BYTES, ARRAY, OBJECT = range(1, 10)
TOMBSTONE = b"\x00"
ABSENT = object()  # what a field resolves to when it has nothing


class Refused(Exception):
    """Input that the specification refuses, with its code from codes.json."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def encode_varint(number):
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


class Reader:
    """Walks over bytes; whatever cannot be followed is refused with `code`."""

    def __init__(self, data, code):
        self.data = data
        self.position = 0
        self.code = code

    def refuse(self):
        raise Refused(self.code)

    def remaining(self):
        return len(self.data) - self.position

    def take(self, count):
        if count > self.remaining():
            self.refuse()
        self.position += count
        return self.data[self.position - count : self.position]

    def byte(self):
        return self.take(1)[0]

    def varint(self):
        number = 0
        for index in range(limits.VARINT_BYTES_MAX):
            byte = self.byte()
            number |= (byte & 0x7F) << 7 * index
            if byte < 0x80:
                if number >= 2**32 or (byte == 0 and index > 0):
                    self.refuse()
                return number
        return self.refuse()

    def sized(self):
        return self.take(self.varint())


def double_bits(number):
    return struct.unpack(">Q", struct.pack(">d", number))[0]


def double_from_bits(bits):
    return struct.unpack(">d", struct.pack(">Q", bits))[0]


def order_double(bits):
    return bits ^ (2**64 - 1) if bits >> 63 else bits ^ 2**63


def _restore_double(ordered):
    return ordered ^ 2**63 if ordered >> 63 else ordered ^ (2**64 - 1)


def _encode(value, depth):
    if value is None:
        return bytes([NULL])
    if isinstance(value, bool):
        return bytes([TRUE if value else FALSE])
    if isinstance(value, int):
        if not limits.INT64_MIN <= value <= limits.INT64_MAX:
            raise Refused("number_out_of_range")
        return bytes([INT64]) + struct.pack(">Q", value + 2**63)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise Refused("value_not_finite")
        return bytes([DOUBLE]) + struct.pack(">Q", order_double(double_bits(value)))
    if isinstance(value, str):
        return bytes([STRING]) + encode_sized(value.encode())
    if isinstance(value, bytes):
        return bytes([BYTES]) + encode_sized(value)
    if depth == limits.VALUE_DEPTH_MAX:
        raise Refused("value_too_deep")
    if isinstance(value, list):
        return bytes([ARRAY]) + encode_varint(len(value)) + b"".join(_encode(item, depth + 1) for item in value)
    members = sorted((key.encode(), member) for key, member in value.items())
    encoded = [encode_sized(key) + _encode(member, depth + 1) for key, member in members]
    return bytes([OBJECT]) + encode_varint(len(members)) + b"".join(encoded)


def encode_sized(data):
    return encode_varint(len(data)) + data


def encode_value(value):
    encoded = _encode(value, 0)
    if len(encoded) > limits.VALUE_BYTES_MAX:
        raise Refused("value_too_large")
    return encoded


def _decode_string(reader):
    try:
        return reader.sized().decode("utf-8", "strict")
    except UnicodeDecodeError:
        raise Refused("string_not_utf8") from None


def _decode_object(reader, depth):
    members = {}
    last_key = None
    for _ in range(reader.varint()):
        key = _decode_string(reader)
        if last_key is not None and key.encode() <= last_key:
            reader.refuse()
        last_key = key.encode()
        members[key] = _decode(reader, depth)
    return members


def _decode(reader, depth):
    tag = reader.byte()
    if tag in (NULL, FALSE, TRUE):
        return {NULL: None, FALSE: False, TRUE: True}[tag]
    if tag == INT64:
        return struct.unpack(">Q", reader.take(8))[0] - 2**63
    if tag == DOUBLE:
        number = double_from_bits(_restore_double(struct.unpack(">Q", reader.take(8))[0]))
        if not math.isfinite(number):
            raise Refused("value_not_finite")
        return number
    if tag == STRING:
        return _decode_string(reader)
    if tag == BYTES:
        return reader.sized()
    if tag in (ARRAY, OBJECT):
        if depth == limits.VALUE_DEPTH_MAX:
            raise Refused("value_too_deep")
        if tag == OBJECT:
            return _decode_object(reader, depth + 1)
        return [_decode(reader, depth + 1) for _ in range(reader.varint())]
    return reader.refuse()


def decode_value(data):
    if len(data) > limits.VALUE_BYTES_MAX:
        raise Refused("value_too_large")
    reader = Reader(data, "value_malformed")
    value = _decode(reader, 0)
    if reader.remaining():
        reader.refuse()
    return value


def same(left, right):
    return encode_value(left) == encode_value(right)


def check_register_value(data):
    """Refuses bytes that are neither a tombstone nor one canonical value."""
    if data != TOMBSTONE:
        decode_value(data)
