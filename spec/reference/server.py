"""The server's push and pull as pure state: protocol.md, "Sync".

The page's bound in bytes is approximate in the specification and no part of the model.
"""

import re
from collections import namedtuple

import limits
from batch import decode_batch, expanded_size
from clock import is_in_future
from encoding import Refused
from merge import wins
from slot import slot_key
from strategies import Register

Row = namedtuple("Row", "op sequence")
Pushed = namedtuple("Pushed", "verdicts refused sequence taken")
Page = namedtuple("Page", "rows cursors remaining")

CURSOR = re.compile(r"([0-9a-f]{16})\.(0|[1-9][0-9]*)", re.ASCII)


class Space:
    def __init__(self, epoch):
        self.epoch = epoch
        self.head = 0
        self.rows = {}
        self.fences = {}
        self.taken = {}

    def push(self, now, batch, replica="", fence=0, through=0, cursors=None):
        """Verdicts of one push, and its sequence or None when it applied nothing. `cursors` are those of its pull."""
        judged = [(op, error or self._refusal(op, now)) for op, error in decode_batch(batch)]
        if expanded_size([op for op, error in judged if not error]) > limits.BATCH_BYTES_MAX:
            raise Refused("batch_too_large")
        if fence < self.fences.get(replica, 0):
            raise Refused("push_outdated")
        if any(error == "stamp_in_future" for _, error in judged):
            self.fences[replica] = min(fence + 1, limits.FENCE_MAX)
        refused = [{"index": index, "code": error} for index, (_, error) in enumerate(judged) if error]
        taken = self.taken.get(replica, 0)
        if any(self._meets_unseen(op, replica, cursors or {}) for op, error in judged if not error):
            return Pushed("".join("r" if error else "u" for _, error in judged), refused, None, taken)
        verdicts = "".join("r" if error else "a" if self.store(op, self.head + 1) else "s" for op, error in judged)
        sequence = self.head + 1 if "a" in verdicts else None
        self.head = sequence or self.head
        if not refused:
            self.taken[replica] = max(taken, through)
        return Pushed(verdicts, refused, sequence, taken)

    def _refusal(self, op, now):
        return "stamp_in_future" if is_in_future(op.stamp, now) and self._is_greater(op) else None

    def _is_greater(self, op):
        held = self.rows.get(slot_key(op.path))
        return wins(Register(op.stamp, op.value), held and Register(held.op.stamp, held.op.value))

    def _meets_unseen(self, op, replica, cursors):
        path = op.path
        dead = path._replace(field=b"", element=b"dead")
        creation = path._replace(field=b"", element=b"live")
        met = [row for row in self.rows.values() if row.op != op and row.op.path == path != creation]
        met += [row for row in self.rows.values() if row.op.path == dead != path]
        if path == dead:
            met += [row for row in self.rows.values()
                    if row.op.path != path and row.op.path._replace(field=b"", element=b"dead") == dead]
        cursor = cursors.get(path.collection.decode(), cursors.get("*"))
        return cursor is not None and any(
            row.sequence > self._sequence(cursor) and row.op.stamp[8:].hex() != replica for row in met)

    def store(self, op, sequence):
        is_greater = self._is_greater(op)
        if is_greater:
            self.rows[slot_key(op.path)] = Row(op, sequence)
        return is_greater

    def _sequence(self, cursor):
        if cursor == "":
            return 0
        match = CURSOR.fullmatch(cursor)
        if match is None:
            raise Refused("cursor_malformed")
        sequence = int(match[2])
        return sequence if match[1] == self.epoch and sequence <= self.head else 0

    def pull(self, cursors, limit=limits.PAGE_OPS_DEFAULT, pushed=None):
        """One page; `pushed` is the sequence of the same request's push, or None."""
        if not 1 <= limit <= limits.PAGE_OPS_MAX or len(cursors) > limits.PULL_CURSORS_MAX:
            raise Refused("validation_failed")
        start = {name: None if cursor is None else self._sequence(cursor) for name, cursor in cursors.items()}

        def is_wanted(row):
            collection = row.op.path.collection.decode()
            after = start[collection] if collection in start else start.get("*")
            return after is not None and row.sequence > after and row.sequence != pushed

        wanted = sorted((row.sequence, key) for key, row in self.rows.items() if is_wanted(row))
        size = 0
        while size < len(wanted):
            whole = sum(1 for sequence, _ in wanted if sequence == wanted[size][0])
            if size > 0 and size + whole > limit:
                break
            size += whole
        remaining = len(wanted) - size
        reached = self.head if remaining == 0 else wanted[size - 1][0]
        moved = {name: f"{self.epoch}.{max(reached, after)}" for name, after in start.items() if after is not None}
        return Page([self.rows[key] for _, key in wanted[:size]], moved, remaining)
