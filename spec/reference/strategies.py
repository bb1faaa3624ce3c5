"""Each strategy's `write` and `resolve`: merge.md, "Strategies".

`slots` maps an element to its register and holds only the slots that count (newer than the record's deletion).
`write_*` returns a map from elements to register values. `resolve_*` returns a value or ABSENT and never fails.
"""

from collections import namedtuple

import limits
from encoding import ABSENT, TOMBSTONE, Refused, decode_value, encode_value
from lists import List
from raw_slots import RawSlots
from tags import first_ordinal, tag

Register = namedtuple("Register", "stamp value")
Context = namedtuple("Context", "stamp replica deletion")


def live_value(register):
    """The register's value, ABSENT for a tombstone."""
    return ABSENT if register is None or register.value == TOMBSTONE else decode_value(register.value)


def is_integer(value):
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value):
    return is_integer(value) or isinstance(value, float)


def bury(elements):
    return {element: TOMBSTONE for element in elements}


def is_map_key(element):
    try:
        element.decode("utf-8", "strict")
    except UnicodeDecodeError:
        return False
    return 0 < len(element) <= limits.MAP_KEY_BYTES_MAX


class Lww:
    offers = ("put", "clear")

    def put(self, value, slots, context):
        return {b"": encode_value(value)}

    def clear(self, slots, context):
        return bury([b""] if b"" in slots else [])

    def resolve(self, slots, deletion):
        return live_value(slots.get(b""))


class Group:
    """Its put takes an object of parts, its clear the name of one."""

    offers = ("put", "clear")

    def put(self, parts, slots, context):
        return {b"": encode_value(self._object(slots) | parts)}

    def clear(self, part, slots, context):
        parts = self._object(slots)
        if part not in parts:
            return {}
        del parts[part]
        return {b"": encode_value(parts) if parts else TOMBSTONE}

    def resolve(self, slots, deletion):
        value = live_value(slots.get(b""))
        return value if isinstance(value, dict) else ABSENT

    def _object(self, slots):
        resolved = self.resolve(slots, None)
        return {} if resolved is ABSENT else resolved


class Extreme:
    """min and max."""

    offers = ("put", "clear")

    def __init__(self, pick):
        self.pick = pick

    @staticmethod
    def order(number):
        # By exact value; an int64 before the double it equals, and -0.0 before 0.0 as their encodings are.
        return number, encode_value(number)

    def put(self, value, slots, context):
        if not is_number(value):
            raise Refused("type_mismatch")
        own = context.replica + context.deletion
        held = live_value(slots.get(own))
        if is_number(held) and self.pick(held, value, key=self.order) is held:
            return {}
        return {own: encode_value(value)}

    def clear(self, slots, context):
        return bury(slots)

    def resolve(self, slots, deletion):
        numbers = [live_value(register) for element, register in slots.items()
                   if len(element) == 24 and element[8:] == deletion]
        numbers = [number for number in numbers if is_number(number)]
        return self.pick(numbers, key=self.order) if numbers else ABSENT


class Counter:
    offers = ("put", "clear", "increment")

    @staticmethod
    def _pair(register):
        value = live_value(register)
        if isinstance(value, list) and len(value) == 2 and all(is_integer(part) and part >= 0 for part in value):
            return value
        return None

    def _total(self, slots, deletion):
        """The exact sum, or ABSENT."""
        pairs = [self._pair(register) for element, register in slots.items()
                 if len(element) == 24 and element[8:] == deletion]
        pairs = [pair for pair in pairs if pair is not None]
        return sum(pair[0] - pair[1] for pair in pairs) if pairs else ABSENT

    def increment(self, amount, slots, context):
        own = context.replica + context.deletion
        increments, decrements = self._pair(slots.get(own)) or [0, 0]
        if amount >= 0:
            increments += amount
        else:
            decrements -= amount
        before = self._total(slots, context.deletion)
        total = amount + (0 if before is ABSENT else before)
        fits = limits.INT64_MIN <= total <= limits.INT64_MAX
        if not fits or max(increments, decrements) > limits.INT64_MAX:
            raise Refused("counter_overflow")
        return {own: encode_value([increments, decrements])}

    def put(self, value, slots, context):
        if not is_integer(value):
            raise Refused("type_mismatch")
        resolved = self.resolve(slots, context.deletion)
        return self.increment(value - (0 if resolved is ABSENT else resolved), slots, context)

    def clear(self, slots, context):
        return bury(slots)

    def resolve(self, slots, deletion):
        total = self._total(slots, deletion)
        if total is ABSENT:
            return ABSENT
        return min(max(total, limits.INT64_MIN), limits.INT64_MAX)


def item_order(item):
    """Items by the order of their tags; strings and bytes by what they hold, not by their lengths first."""
    if item[0] not in (0x06, 0x07):
        return item[:1], item[1:]
    end = next(i for i in range(1, len(item)) if item[i] < 0x80)
    return item[:1], item[end + 1 :]


class Set:
    """Items are handled by their encodings."""

    offers = ("put", "clear", "add", "remove")

    @staticmethod
    def _tags(slots):
        """The element of every live tag, by encoded item."""
        tags = {}
        for element in sorted(slots):
            if len(element) == 18 and slots[element].value != TOMBSTONE:
                tags.setdefault(slots[element].value, []).append(element)
        return tags

    def _add(self, items, slots, context):
        writes, tags = {}, self._tags(slots)
        for ordinal, item in enumerate(dict.fromkeys(items), first_ordinal(slots, context.stamp)):
            writes |= bury(tags.get(item, []))
            writes[tag(context.stamp, ordinal)] = item
        return writes

    def add(self, items, slots, context):
        return self._add([encode_value(item) for item in items], slots, context)

    def remove(self, items, slots, context):
        tags = self._tags(slots)
        return bury(element for item in items for element in tags.get(encode_value(item), []))

    def put(self, items, slots, context):
        if not isinstance(items, list):
            raise Refused("type_mismatch")
        named = [encode_value(item) for item in items]
        tags = self._tags(slots)
        removed = bury(element for item, elements in tags.items() if item not in named for element in elements)
        return removed | self._add([item for item in named if item not in tags], slots, context)

    def clear(self, slots, context):
        return bury(element for elements in self._tags(slots).values() for element in elements)

    def resolve(self, slots, deletion):
        if not any(len(element) == 18 for element in slots):
            return ABSENT
        return [decode_value(item) for item in sorted(self._tags(slots), key=item_order)]


class Multi:
    """Values are handled by their encodings."""

    offers = ("put", "clear")

    @staticmethod
    def _live(slots):
        """The elements of the live tags, in the order of their stamps."""
        return sorted((element for element in slots if len(element) in (0, 18) and slots[element].value != TOMBSTONE),
                      key=lambda element: (slots[element].stamp, element))

    def _values(self, slots):
        return list(dict.fromkeys(slots[element].value for element in self._live(slots)))

    def _replace(self, values, slots, context):
        first = first_ordinal(slots, context.stamp)
        return bury(self._live(slots)) | {tag(context.stamp, first + i): value for i, value in enumerate(values)}

    def put(self, value, slots, context):
        values = value if isinstance(value, list) else [value]
        encoded = list(dict.fromkeys(encode_value(each) for each in values))
        return {} if encoded == self._values(slots) else self._replace(encoded, slots, context)

    def clear(self, slots, context):
        return bury(element for element, register in slots.items() if register.value != TOMBSTONE)

    def resolve(self, slots, deletion):
        return [decode_value(value) for value in self._values(slots)] or ABSENT


class MergeText(Multi):
    SEPARATOR = "\n\n"

    def put(self, value, slots, context):
        if not isinstance(value, str):
            raise Refused("type_mismatch")
        present = self.resolve(slots, context.deletion)
        same = present is not ABSENT and present == value
        return {} if same else self._replace([encode_value(value)], slots, context)

    def resolve(self, slots, deletion):
        texts = [decode_value(value) for value in self._values(slots)]
        texts = [text for text in texts if isinstance(text, str)]
        return self.SEPARATOR.join(text for text in texts if text) if texts else ABSENT


class Map:
    offers = ("put", "clear", "put_key", "clear_key")

    @staticmethod
    def _element(key):
        if not key:
            raise Refused("key_malformed")
        if len(key.encode()) > limits.MAP_KEY_BYTES_MAX:
            raise Refused("key_too_long")
        return key.encode()

    @staticmethod
    def _live(slots):
        return [element for element, register in slots.items()
                if is_map_key(element) and register.value != TOMBSTONE]

    def put_key(self, key, value, slots, context):
        return {self._element(key): encode_value(value)}

    def clear_key(self, key, slots, context):
        return bury([self._element(key)] if self._element(key) in slots else [])

    def put(self, members, slots, context):
        if not isinstance(members, dict):
            raise Refused("type_mismatch")
        named = {self._element(key): encode_value(member) for key, member in members.items()}
        removed = bury(element for element in self._live(slots) if element not in named)
        return removed | {element: value for element, value in named.items()
                          if element not in slots or slots[element].value != value}

    def clear(self, slots, context):
        return bury(self._live(slots))

    def resolve(self, slots, deletion):
        if not any(is_map_key(element) for element in slots):
            return ABSENT
        return {element.decode(): decode_value(slots[element].value) for element in self._live(slots)}


STRATEGIES = {"lww": Lww(), "group": Group(), "min": Extreme(min), "max": Extreme(max),
              "counter": Counter(), "set": Set(), "map": Map(), "multi": Multi(), "merge_text": MergeText(),
              "list": List()}


def strategy_named(merge):
    """A custom strategy is not registered here, whatever its name."""
    return STRATEGIES.get(merge) or RawSlots()
