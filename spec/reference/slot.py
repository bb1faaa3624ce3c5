"""Slot paths and their keys: op-format.md, "Slot path"."""

from collections import namedtuple

import limits
from encoding import Refused

RECORD_ELEMENTS = (b"live", b"dead")

# Collection, record and field are bytes too, so that a path can hold what a decoder must refuse.
Path = namedtuple("Path", "collection record field element")


def path(collection, record, field, element=b""):
    return Path(collection.encode(), record.encode(), field.encode(), element)


def _check_name(name, bytes_max):
    if not name:
        raise Refused("key_malformed")
    if len(name) > bytes_max:
        raise Refused("key_too_long")
    try:
        text = name.decode("utf-8", "strict")
    except UnicodeDecodeError:
        raise Refused("key_malformed") from None
    if any(ord(character) < 0x20 or ord(character) == 0x7F for character in text):
        raise Refused("key_malformed")


def check_element(element):
    if len(element) > limits.ELEMENT_BYTES_MAX:
        raise Refused("key_too_long")


def check_path(slot_path):
    _check_name(slot_path.collection, limits.COLLECTION_BYTES_MAX)
    _check_name(slot_path.record, limits.RECORD_BYTES_MAX)
    if slot_path.field:
        _check_name(slot_path.field, limits.FIELD_BYTES_MAX)
    elif slot_path.element not in RECORD_ELEMENTS:
        raise Refused("key_malformed")
    check_element(slot_path.element)


def slot_key(slot_path):
    check_path(slot_path)
    return b"\x00".join(slot_path)
