"""pull.json."""

import limits
from encoding import encode_value
from notation import agree, op, op_json, refusal
from push_steps import EPOCH, OTHER_EPOCH, at, cursor, row_json
from server import Space


def rows(*sequences):
    """One row for each (sequence, collection, record), its stamps in no order that a page could follow."""
    return [(sequence, op(collection, record, "f", at(1000 - sequence), encode_value(sequence)))
            for sequence, collection, record in sequences]


THREE = rows((1, "c", "1"), (2, "c", "2"), (3, "c", "3"))
GROUPED = rows((1, "c", "1"), (1, "c", "2"), (2, "c", "3"), (2, "c", "4"), (2, "c", "5"), (3, "c", "6"),
(4, "c", "7"))
MIXED = rows((1, "meals", "1"), (2, "weights", "1"), (3, "meals", "2"), (4, "sleep", "1"), (5, "weights", "2"),
             (6, "meals", "3"))

# name, rows, head, request, records of the page as [sequence, collection, record], cursors, remaining.
PULLS = [
    ("An empty space gives nothing and stands at zero.", [], 0, {"cursors": {"*": ""}}, [], {"*": 0}, 0),
    ("An empty cursor gives everything.", THREE, 3, {"cursors": {"*": ""}}, [1, 2, 3], {"*": 3}, 0),
    ("A cursor of sequence zero gives everything.", THREE, 3, {"cursors": {"*": cursor(0)}}, [1, 2, 3], {"*": 3}, 0),
    ("A cursor gives what comes after it.", THREE, 3, {"cursors": {"*": cursor(1)}}, [2, 3], {"*": 3}, 0),
    ("A cursor at the head gives nothing.", THREE, 3, {"cursors": {"*": cursor(3)}}, [], {"*": 3}, 0),
    ("A cursor beyond the head counts as zero.", THREE, 3, {"cursors": {"*": cursor(4)}}, [1, 2, 3], {"*": 3}, 0),
    ("A cursor far beyond the head counts as zero.", THREE, 3, {"cursors": {"*": cursor(10**17)}}, [1, 2, 3],
     {"*": 3}, 0),
    ("A cursor of another epoch counts as zero.", THREE, 3, {"cursors": {"*": cursor(2, OTHER_EPOCH)}}, [1, 2, 3],
     {"*": 3}, 0),
    ("Sequences whose rows were all replaced leave gaps.", rows((2, "c", "a"), (7, "c", "b")), 9,
     {"cursors": {"*": cursor(1)}}, [2, 7], {"*": 9}, 0),
    ("Sequences compare as numbers and not as text.", rows((2, "c", "a"), (9, "c", "b"), (10, "c", "d"),
     (100, "c", "e")),
     100, {"cursors": {"*": cursor(9)}}, [10, 100], {"*": 100}, 0),
    ("Rows come by sequence and then by slot key.",
     rows((2, "b", "1"), (1, "c", "2"), (1, "c", "1"), (1, "a", "9"), (2, "a", "1")), 2, {"cursors": {"*": ""}},
     [[1, "a", "9"], [1, "c", "1"], [1, "c", "2"], [2, "a", "1"], [2, "b", "1"]], {"*": 2}, 0),
    ("Slot keys within one push compare as unsigned bytes.", rows((1, "c", "\u00e9"), (1, "c", "z"), (1, "c", "Z")),
     1,
     {"cursors": {"*": ""}}, [[1, "c", "Z"], [1, "c", "z"], [1, "c", "\u00e9"]], {"*": 1}, 0),

    ("A page ends at the limit.", THREE, 3, {"cursors": {"*": ""}, "limit": 2}, [1, 2], {"*": 2}, 1),
    ("A page of the limit that is everything is the last.", THREE, 3, {"cursors": {"*": ""}, "limit": 3}, [1, 2, 3],
     {"*": 3}, 0),
    ("A page of one op.", THREE, 3, {"cursors": {"*": cursor(1)}, "limit": 1}, [2], {"*": 2}, 1),
    ("The last page's cursor stands at the head, past gaps.", THREE, 8,
     {"cursors": {"*": cursor(2)}, "limit": 1}, [3], {"*": 8}, 0),
    ("A page never splits a push.", GROUPED, 4, {"cursors": {"*": ""}, "limit": 4},
     [[1, "c", "1"], [1, "c", "2"]], {"*": 1}, 5),
    ("A page takes every push that fits whole.", GROUPED, 4, {"cursors": {"*": ""}, "limit": 5},
     [[1, "c", "1"], [1, "c", "2"], [2, "c", "3"], [2, "c", "4"], [2, "c", "5"]], {"*": 2}, 2),
    ("A push larger than the limit comes whole.", GROUPED, 4, {"cursors": {"*": cursor(1)}, "limit": 1},
     [[2, "c", "3"], [2, "c", "4"], [2, "c", "5"]], {"*": 2}, 2),
    ("A push larger than the limit comes alone.", GROUPED, 4, {"cursors": {"*": ""}, "limit": 1},
     [[1, "c", "1"], [1, "c", "2"]], {"*": 1}, 5),
    ("A push that does not fit is not passed over for a smaller one.", GROUPED, 4,
     {"cursors": {"*": ""}, "limit": 3}, [[1, "c", "1"], [1, "c", "2"]], {"*": 1}, 5),
    ("A push larger than the limit may be the last page.", rows((1, "c", "1"), (1, "c", "2"), (1, "c", "3")), 1,
     {"cursors": {"*": ""}, "limit": 2}, [[1, "c", "1"], [1, "c", "2"], [1, "c", "3"]], {"*": 1}, 0),

    ("A named collection has its own cursor.", MIXED, 6, {"cursors": {"*": cursor(6), "meals": cursor(1)}},
     [[3, "meals", "2"], [6, "meals", "3"]], {"*": 6, "meals": 6}, 0),
    ("The star means every collection that is not named.", MIXED, 6, {"cursors": {"*": "", "meals": cursor(6)}},
     [[2, "weights", "1"], [4, "sleep", "1"], [5, "weights", "2"]], {"*": 6, "meals": 6}, 0),
    ("Without the star only what is named comes.", MIXED, 6, {"cursors": {"sleep": "", "weights": cursor(2)}},
     [[4, "sleep", "1"], [5, "weights", "2"]], {"sleep": 6, "weights": 6}, 0),
    ("Null means not this collection, and is not in the reply.", MIXED, 6, {"cursors": {"*": "", "meals": None}},
     [[2, "weights", "1"], [4, "sleep", "1"], [5, "weights", "2"]], {"*": 6}, 0),
    ("Null for the star leaves what is named.", MIXED, 6, {"cursors": {"*": None, "sleep": ""}}, [[4, "sleep", "1"]],
     {"sleep": 6}, 0),
    ("Null alone gives nothing.", MIXED, 6, {"cursors": {"*": None}}, [], {}, 0),
    ("A collection that nobody has written gives nothing and stands at the head.", MIXED, 6,
     {"cursors": {"moods": ""}}, [], {"moods": 6}, 0),
    ("A collection's name is not a prefix.", rows((1, "c", "1"), (2, "cc", "1")), 2, {"cursors": {"c": ""}},
     [[1, "c", "1"]], {"c": 2}, 0),
    ("A collection's name is compared by bytes.", rows((1, "c", "1"), (2, "C", "1"), (3, "c ", "1")), 3,
     {"cursors": {"c": ""}}, [[1, "c", "1"]], {"c": 3}, 0),
    ("A collection may have a number for a name.", rows((1, "1", "1"), (2, "01", "1"), (3, "2", "1")), 3,
     {"cursors": {"1": "", "*": cursor(2)}}, [[1, "1", "1"], [3, "2", "1"]], {"1": 3, "*": 3}, 0),
    ("The epochs of the cursors are looked at one by one.", MIXED, 6,
     {"cursors": {"*": cursor(6), "meals": cursor(3, OTHER_EPOCH), "sleep": cursor(99)}},
     [[1, "meals", "1"], [3, "meals", "2"], [4, "sleep", "1"], [6, "meals", "3"]],
     {"*": 6, "meals": 6, "sleep": 6}, 0),
    ("A pull may have 256 cursors.", THREE, 3, {"cursors": {"c": cursor(2)} | {f"c{n}": None for n in range(255)}}, [3],
     {"c": 3}, 0),
    ("A page that is not the last leaves all its cursors at its last sequence.", MIXED, 6,
     {"cursors": {"*": "", "meals": cursor(1)}, "limit": 2}, [[2, "weights", "1"], [3, "meals", "2"]],
     {"*": 3, "meals": 3}, 3),
    ("A page does not move a cursor back that was further already.", MIXED, 6,
     {"cursors": {"*": "", "meals": cursor(3)}, "limit": 1}, [[2, "weights", "1"]], {"*": 2, "meals": 3}, 3),
    ("Rows of collections that are not wanted do not fill the page.", MIXED, 6,
     {"cursors": {"meals": ""}, "limit": 2}, [[1, "meals", "1"], [3, "meals", "2"]], {"meals": 3}, 1),
    ("Only the wanted part of a push counts against the limit.",
     rows((1, "c", "1"), (1, "d", "1"), (1, "d", "2"), (2, "c", "2"), (2, "d", "3"), (3, "c", "3")), 3,
     {"cursors": {"c": "", "d": None}, "limit": 2}, [[1, "c", "1"], [2, "c", "2"]], {"c": 2}, 1),

    ("What this request pushed does not come back.", THREE, 3, {"cursors": {"*": cursor(1)}, "pushed": 3}, [2],
     {"*": 3}, 0),
    ("The cursor moves past what this request pushed.", THREE, 3, {"cursors": {"*": cursor(2)}, "pushed": 3}, [],
     {"*": 3}, 0),
    ("What this request pushed does not count as remaining.", THREE, 3,
     {"cursors": {"*": ""}, "limit": 2, "pushed": 3}, [1, 2], {"*": 3}, 0),
    ("A page that is not the last stays before what this request pushed.", THREE, 3,
     {"cursors": {"*": ""}, "limit": 1, "pushed": 3}, [1], {"*": 1}, 1),
    ("A push that applied nothing excludes nothing.", THREE, 3, {"cursors": {"*": cursor(2)}, "pushed": None}, [3],
     {"*": 3}, 0),
]

PULL_ERRORS = [
    ("A limit of 0 is refused.", {"cursors": {"*": ""}, "limit": 0}, "validation_failed"),
    ("A negative limit is refused.", {"cursors": {"*": ""}, "limit": -1}, "validation_failed"),
    ("A limit of 5,001 is refused.", {"cursors": {"*": ""}, "limit": 5_001}, "validation_failed"),
    ("A pull with 257 cursors is refused.", {"cursors": {"c": cursor(2)} | {f"c{n}": None for n in range(256)}},
     "validation_failed"),
    ("A cursor that is a word is refused.", {"cursors": {"*": "head"}}, "cursor_malformed"),
    ("A cursor without a sequence is refused.", {"cursors": {"*": EPOCH}}, "cursor_malformed"),
    ("A cursor with an empty sequence is refused.", {"cursors": {"*": EPOCH + "."}}, "cursor_malformed"),
    ("A cursor without an epoch is refused.", {"cursors": {"*": ".1"}}, "cursor_malformed"),
    ("A cursor with a short epoch is refused.", {"cursors": {"*": "e1.1"}}, "cursor_malformed"),
    ("A cursor with a negative sequence is refused.", {"cursors": {"*": EPOCH + ".-1"}}, "cursor_malformed"),
    ("A cursor with a hexadecimal sequence is refused.", {"cursors": {"*": EPOCH + ".1f"}}, "cursor_malformed"),
    ("A cursor with a space is refused.", {"cursors": {"*": EPOCH + ".1 "}}, "cursor_malformed"),
    ("A cursor with a line feed is refused.", {"cursors": {"*": EPOCH + ".1\n"}}, "cursor_malformed"),
    ("A malformed cursor of a named collection is refused.", {"cursors": {"*": "", "c": "x"}}, "cursor_malformed"),
]

# name, pushes, ops of each push, request, ops on the page, sequence of the cursor, remaining.
FILLED = [
    ("A page has 4,000 ops unless the request says so.", 4_001, 1, {"cursors": {"*": ""}}, 4_000, 4_000, 1),
    ("A page of exactly 4,000 ops is the last.", 4_000, 1, {"cursors": {"*": ""}}, 4_000, 4_000, 0),
    ("A request may ask for 5,000 ops.", 5_001, 1, {"cursors": {"*": ""}, "limit": 5_000}, 5_000, 5_000, 1),
    ("A page ends before the push that does not fit.", 60, 99, {"cursors": {"*": ""}}, 3_960, 40, 1_980),
    ("A push of more than 4,000 ops comes whole.", 2, 4_500, {"cursors": {"*": ""}}, 4_500, 1, 4_500),
]


def _space(sequenced, head):
    space = Space(EPOCH)
    space.head = head
    for sequence, an_op in sequenced:
        space.store(an_op, sequence)
    return space


def _pull(space, request):
    return space.pull(request["cursors"], request.get("limit", limits.PAGE_OPS_DEFAULT), request.get("pushed"))


def _pull_case(name, sequenced, head, request, page, cursors, remaining):
    space = _space(sequenced, head)
    result = _pull(space, request)
    got = [[row.sequence, row.op.path.collection.decode(), row.op.path.record.decode()] for row in result.rows]
    if page and isinstance(page[0], int):
        agree(name, page, [each[0] for each in got])
    else:
        agree(name, page, got)
    stated = {collection: cursor(sequence) for collection, sequence in cursors.items()}
    agree(name, (stated, remaining), (result.cursors, result.remaining))
    return {"name": name, "epoch": EPOCH, "head": head,
            "rows": [op_json(an_op) | {"sequence": sequence} for sequence, an_op in sequenced], "request": request,
            "expect": {"ops": [row_json(row) for row in result.rows], "cursors": result.cursors,
                       "remaining": result.remaining}}


def _filled_case(name, pushes, ops_each, request, count, sequence, remaining):
    sequenced = [(1 + index // ops_each, op("c", f"{index:05}", "f", at(0), b"\x01"))
                 for index in range(pushes * ops_each)]
    result = _pull(_space(sequenced, pushes), request)
    agree(name, (count, {"*": cursor(sequence)}, remaining), (len(result.rows), result.cursors, result.remaining))
    return {"name": name, "epoch": EPOCH, "head": pushes, "fill": {"pushes": pushes, "ops_each": ops_each},
            "request": request, "expect": {"op_count": count, "cursors": result.cursors, "remaining": remaining}}


def pull_file():
    cases = [_pull_case(*row) for row in PULLS] + [_filled_case(*row) for row in FILLED]
    for name, request, code in PULL_ERRORS:
        agree(name, code, refusal(lambda: _pull(_space(THREE, 3), request)))
        cases.append({"name": name, "epoch": EPOCH, "head": 3,
                      "rows": [op_json(an_op) | {"sequence": sequence} for sequence, an_op in THREE],
                      "request": request, "error": code})
    return {"description": "Pages of a space: their ops, their cursors and what remains.", "cases": cases}
