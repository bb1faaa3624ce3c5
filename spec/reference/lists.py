"""The strategy `list`: merge.md, "list"."""

from bisect import bisect_left
from collections import namedtuple

from encoding import ABSENT, TOMBSTONE, Refused, decode_value, encode_value
from tags import first_ordinal, tag

ROOT = bytes(18)
BEFORE, AFTER = 0, 1
Node = namedtuple("Node", "element parent side id item")
Shown = namedtuple("Shown", "slot place")  # the element that holds the item, the node at which it stands


def node_of(element):
    """The node that an element names, None for one of another shape."""
    if len(element) not in (37, 55) or element[18] not in (BEFORE, AFTER):
        return None
    return Node(element, element[:18], element[18], element[19:37], element[37:] or None)


class Tree:
    def __init__(self, slots):
        self.slots = slots
        self.nodes = [node for node in map(node_of, sorted(slots)) if node is not None]
        self.children = {}
        for node in self.nodes:
            self.children.setdefault((node.parent, node.side), []).append(node)
        self.walk, self._seen, self._had = [], set(), {ROOT}  # the ids whose children were had
        for side in (BEFORE, AFTER):
            for node in self.children.get((ROOT, side), []):
                self._visit(node)
        ids = {node.id for node in self.nodes}
        for node in self.nodes:
            if node.parent not in ids and node.parent != ROOT:
                self._visit(node)
        for node in self.nodes:
            self._visit(node)
        self.shown = self._show()

    def _visit(self, start):
        stack = [(start, False)]
        while stack:
            node, is_entered = stack.pop()
            if is_entered:
                self.walk.append(node)
            elif node.element not in self._seen:
                self._seen.add(node.element)
                before, after = self._have_children(node.id)
                stack += [(child, False) for child in reversed(after)] + [(node, True)]
                stack += [(child, False) for child in reversed(before)]

    def _have_children(self, parent):
        if parent in self._had:
            return [], []
        self._had.add(parent)
        return self.children.get((parent, BEFORE), []), self.children.get((parent, AFTER), [])

    def _show(self):
        items, moved = {}, {}
        for node in self.nodes:
            if node.item is None:
                items.setdefault(node.id, node.element)
            elif self.slots[node.element].value != TOMBSTONE:
                rank = (self.slots[node.element].stamp, node.element)
                moved[node.item] = max(moved.get(node.item, rank), rank)
        shown = []
        for node in self.walk:
            if node.item is None:
                slot = node.element
                is_here = items[node.id] != slot or node.id not in moved
            else:
                slot = items.get(node.item)
                is_here = node.item in moved and moved[node.item][1] == node.element
            if slot is not None and is_here and self.slots[slot].value != TOMBSTONE:
                shown.append(Shown(slot, node))
        return shown

    def place_first(self):
        return (self.walk[0].id, BEFORE) if self.walk else (ROOT, AFTER)

    def place_behind(self, node):
        following = self.walk.index(node) + 1
        if (node.id, AFTER) in self.children and following < len(self.walk):
            return self.walk[following].id, BEFORE
        return node.id, AFTER


class Places:
    """Makes the nodes of one mutation, each behind the one before."""

    def __init__(self, tree, stamp):
        self.tree, self.stamp, self.behind, self.first = tree, stamp, None, None
        self.ordinal = first_ordinal((node.id for node in tree.nodes), stamp)

    def stand(self, node):
        """The next place is behind this node; None for the beginning."""
        self.behind = node

    def begin(self, parent, side):
        """Where the next place hangs, instead of the beginning."""
        self.first = parent, side

    def make(self, item=b""):
        if self.behind is None:
            parent, side = self.first or self.tree.place_first()
        elif isinstance(self.behind, bytes):
            parent, side = self.behind, AFTER
        else:
            parent, side = self.tree.place_behind(self.behind)
        self.behind = tag(self.stamp, self.ordinal)
        self.ordinal += 1
        return parent + bytes([side]) + self.behind + item


def longest_run(indexes):
    """The positions in `indexes` of a longest ascending run."""
    tops, top_values, before = [], [], {}
    for position, index in enumerate(indexes):
        pile = bisect_left(top_values, index)
        before[position] = tops[pile - 1] if pile else None
        tops[pile:pile + 1] = [position]
        top_values[pile:pile + 1] = [index]
    run, position = [], tops[-1] if tops else None
    while position is not None:
        run.append(position)
        position = before[position]
    return run[::-1]


class List:
    offers = ("put", "clear", "add", "insert", "move", "put_at", "remove_at")

    @staticmethod
    def _at(index, end):
        if not 0 <= index < end:
            raise Refused("invalid_argument")
        return index

    def insert(self, index, items, slots, context):
        tree = Tree(slots)
        encoded = [encode_value(item) for item in items]
        self._at(index, len(tree.shown) + 1)
        places = Places(tree, context.stamp)
        places.stand(tree.shown[index - 1].place if index else None)
        return {places.make(): item for item in encoded}

    def add(self, items, slots, context):
        return self.insert(len(Tree(slots).shown), items, slots, context)

    def move(self, origin, target, slots, context):
        tree = Tree(slots)
        item = tree.shown[self._at(origin, len(tree.shown))]
        self._at(target, len(tree.shown))
        if origin == target:
            return {}
        others = [each for each in tree.shown if each is not item]
        places = Places(tree, context.stamp)
        places.stand(others[target - 1].place if target else None)
        return {places.make(node_of(item.slot).id): encode_value(True)}

    def put_at(self, index, value, slots, context):
        shown = Tree(slots).shown
        encoded = encode_value(value)
        return {shown[self._at(index, len(shown))].slot: encoded}

    def remove_at(self, index, count, slots, context):
        shown = Tree(slots).shown
        self._at(index, len(shown) + 1)
        self._at(index + count, len(shown) + 1)
        return {item.slot: TOMBSTONE for item in shown[index:index + count]}

    def put(self, items, slots, context):
        if not isinstance(items, list):
            raise Refused("type_mismatch")
        encoded = [encode_value(item) for item in items]
        tree = Tree(slots)
        free = {}
        for index, item in enumerate(tree.shown):
            free.setdefault(slots[item.slot].value, []).append(index)
        matched = [free[item].pop(0) if free.get(item) else None for item in encoded]
        positions = [position for position, index in enumerate(matched) if index is not None]
        staying = {positions[each] for each in longest_run([matched[position] for position in positions])}
        writes = {tree.shown[index].slot: TOMBSTONE for indexes in free.values() for index in indexes}
        places = Places(tree, context.stamp)
        for position, (item, index) in enumerate(zip(encoded, matched)):
            if position in staying:
                places.stand(tree.shown[index].place)
            elif index is None:
                writes[places.make()] = item
            else:
                writes[places.make(node_of(tree.shown[index].slot).id)] = encode_value(True)
        return writes

    def clear(self, slots, context):
        return {element: TOMBSTONE for element, register in slots.items() if register.value != TOMBSTONE}

    def resolve(self, slots, deletion):
        tree = Tree(slots)
        if not tree.nodes:
            return ABSENT
        return [decode_value(slots[item.slot].value) for item in tree.shown]
