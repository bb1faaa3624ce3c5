"""Tags, the elements that name one write each: merge.md, "set"."""


def tag(stamp, ordinal):
    return stamp + ordinal.to_bytes(2, "big")


def first_ordinal(elements, stamp):
    """The ordinal behind every one that these tags name with the stamp."""
    named = [int.from_bytes(element[16:], "big") for element in elements
             if len(element) == 18 and element[:16] == stamp]
    return max(named) + 1 if named else 0
