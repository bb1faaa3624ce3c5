"""What a custom strategy that is not registered reads and takes: merge.md, "custom"."""

from encoding import ABSENT, TOMBSTONE, Refused, decode_value, encode_value
from slot import check_element

MEMBER = "$slots"


class RawSlots:
    def put(self, value, slots, context):
        if not isinstance(value, dict) or list(value) != [MEMBER]:
            raise Refused("strategy_missing")
        named = self._named(value[MEMBER])
        gone = {element: TOMBSTONE for element, register in slots.items()
                if element not in named and register.value != TOMBSTONE}
        return gone | {element: register for element, register in named.items()
                       if element not in slots or slots[element].value != register}

    @staticmethod
    def _named(listed):
        if not isinstance(listed, list):
            raise Refused("type_mismatch")
        named = {}
        for each in listed:
            if not isinstance(each, dict) or not set(each) <= {"element", "stamp", "value"}:
                raise Refused("type_mismatch")
            element = each.get("element")
            if not isinstance(element, bytes) or element in named:
                raise Refused("type_mismatch")
            check_element(element)
            named[element] = encode_value(each["value"]) if "value" in each else TOMBSTONE
        return named

    def resolve(self, slots, deletion):
        raw = []
        for element, register in sorted(slots.items()):
            shown = {"element": element, "stamp": register.stamp.hex()}
            if register.value != TOMBSTONE:
                shown["value"] = decode_value(register.value)
            raw.append(shown)
        return {MEMBER: raw} if raw else ABSENT
