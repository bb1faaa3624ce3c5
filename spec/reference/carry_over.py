"""What a field holds by one rule, as another holds it: merge.md, "Another schema".

`slots` are those of the field that count. What is written has the stamp of the holding, whoever writes it.
"""

from collections import namedtuple

from carried_list import carry_into_list, rename_inserted
from encoding import ABSENT, TOMBSTONE, Refused, decode_value, encode_value
from strategies import Context, Register, strategy_named
from tags import tag

CARRIERS = {"counter": b"\xff" * 8, "min": b"\xff" * 7 + b"\xfe", "max": b"\xff" * 7 + b"\xfd"}
TAGGED = ("set", "multi", "merge_text")
EXTREMES = ("min", "max")
Holding = namedtuple("Holding", "value stamp")


def share_slots(one, other):
    return one == other or any(one in family and other in family for family in (TAGGED, EXTREMES))


def _live_values(slots):
    return {element: register for element, register in slots.items()
            if len(element) in (0, 18) and register.value != TOMBSTONE}


def _latest(slots):
    live = _live_values(slots)
    if not live:
        return None
    register = max(live.values(), key=lambda each: (each.stamp, each.value))
    return Holding(decode_value(register.value), register.stamp)


def _reads(merge, slots, deletion):
    return strategy_named(merge).resolve(slots, deletion)


def holding(merge, slots, deletion, to_list=False):
    """What the rule reads and the greatest stamp of the slots that it reads, None where it reads nothing."""
    if merge == "multi" and not to_list:
        return _latest(slots)
    live = _live_values(slots)
    if merge == "merge_text" and b"" in live and live[b""].stamp == max(each.stamp for each in live.values()):
        return _latest(slots)
    value = _reads(merge, slots, deletion)
    if value is ABSENT:
        return None
    return Holding(value, max(register.stamp for element, register in slots.items()
                              if _reads(merge, {element: register}, deletion) is not ABSENT))


def _put(merge, value, stamp, slots, deletion):
    context = Context(stamp, CARRIERS.get(merge, stamp[8:]), deletion)
    return strategy_named(merge).put(value, slots, context)


def _holds_later(merge, slots, deletion, stamp):
    for element, register in slots.items():
        if not element or register.stamp < stamp:
            continue
        own = len(element) == 18 if merge in TAGGED else _reads(merge, {element: register}, deletion) is not ABSENT
        if own:
            return True
    return False


def _stamp_of(before, item, slots, stamp):
    """That of the item alone, where it has slots of its own."""
    if before not in ("set", "multi"):
        return stamp
    return max(register.stamp for element, register in _live_values(slots).items()
               if register.value == item and (element or before == "multi"))


def carry_over(before, after, slots, deletion, is_return=False):
    """The registers to write, by element; refused where what is held is no value of the rule."""
    if share_slots(before, after):
        first = slots.get(b"")
        if after != "set" or first is None or first.value == TOMBSTONE:
            return {}
        return {tag(first.stamp, 0): first}
    held = holding(before, slots, deletion, after == "list")
    if held is None or (is_return and _holds_later(after, slots, deletion, held.stamp)):
        return {}
    value = held.value
    if after == "merge_text" and not isinstance(value, str):
        raise Refused("type_mismatch")
    from_list = before == "list" and after == "multi"
    if after == "lww" or (after in ("multi", "merge_text") and not is_return and not from_list):
        return {b"": Register(held.stamp, encode_value(value))}
    if after == "multi" and not from_list or after in ("set", "list") and not isinstance(value, list):
        value = [value]
    if after == "list" and not is_return:
        encoded = [encode_value(item) for item in value]
        stamped = [(item, _stamp_of(before, item, slots, held.stamp)) for item in encoded]
        return carry_into_list(stamped, slots, held.stamp)
    seen = {element: register for element, register in slots.items() if register.stamp <= held.stamp}
    written = _put(after, value, held.stamp, seen if is_return else {}, deletion)
    if after == "list":
        written = rename_inserted(written, seen)
    return {element: Register(held.stamp, register) for element, register in written.items()}
