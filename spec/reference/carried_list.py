"""What is carried over into a list: merge.md, "Another schema"."""

import hashlib

from encoding import TOMBSTONE, encode_value
from lists import AFTER, BEFORE, ROOT, Places, Tree, node_of
from strategies import Register


def name_of(item, occurrence):
    """The id of the node that holds a carried item, whoever carries it and when."""
    return b"\xff\xff" + hashlib.blake2b(occurrence.to_bytes(4, "big") + item, digest_size=32).digest()[:16]


def element_of(name):
    return ROOT + bytes([AFTER]) + name


def _occurrences(items):
    """Each item with how many like it come before."""
    counts = {}
    for item in items:
        yield item, counts.get(item, 0)
        counts[item] = counts.get(item, 0) + 1


def carry_into_list(items, slots, stamp):
    """`items` are pairs, of an encoded item and its stamp; the places are named by `stamp`."""
    tree = Tree(slots)
    standing = {shown.slot: shown.place for shown in tree.shown}
    moved = {node.item for node in tree.nodes if node.item and slots[node.element].value != TOMBSTONE}
    places = Places(tree, stamp)
    named = [(name_of(item, occurrence), item, own)
             for (item, occurrence), (_, own) in zip(_occurrences([item for item, _ in items]), items)]
    first = next((standing[element_of(name)] for name, _, _ in named if element_of(name) in standing), None)
    if first is None:
        places.begin(ROOT, AFTER)
    else:
        places.begin(first.id, BEFORE)
    written = {}
    for name, item, own in named:
        element, register = element_of(name), Register(own, item)
        if element not in slots or slots[element] < register:
            written[element] = register
            if name not in moved:
                written[places.make(name)] = Register(own, encode_value(True))
                continue
        if element in standing:
            places.stand(standing[element])
    return written


def rename_inserted(written, slots):
    """What `put` writes, with the names of carried items for what it inserts."""
    tree = Tree(slots)
    taken = {shown.slot for shown in tree.shown}
    renamed = {}
    for element, value in written.items():
        node = node_of(element)
        if element in slots or node.item is not None:
            renamed[element] = value
            continue
        occurrence = 0
        while element_of(name_of(value, occurrence)) in taken:
            occurrence += 1
        name = name_of(value, occurrence)
        taken.add(element_of(name))
        renamed[element_of(name)] = value
        renamed[element + name] = encode_value(True)
    return renamed
