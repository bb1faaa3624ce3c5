"""Of push.json: pushes that have not seen what they replace, and what of a replica had been taken."""

import limits
from encoding import TOMBSTONE
from push_steps import A, B, OTHER_EPOCH, at, c, cursor, in_future, outdated, push, raw

ALL = {"*": ""}


def by(replica, ops, verdicts, head, refused=(), **sender):
    return push(ops, verdicts, head, refused, replica=replica, **sender)


def theirs(field="f", milliseconds=0, value=1, **names):
    return c(field, at(milliseconds, 0, B), value, **names)


def mine(field="f", milliseconds=1, value=2, **names):
    return c(field, at(milliseconds, 0, A), value, **names)


def dead(replica, milliseconds=1, record="r"):
    return c("", at(milliseconds, 0, replica), True, record, element=b"dead")


def live(replica, milliseconds=1, record="r"):
    return c("", at(milliseconds, 0, replica), True, record, element=b"live")


BOB = by(B, [theirs()], "a", 1)

UNSEEN = [
    ("A push that would replace what it has not seen is not applied.", [BOB, by(A, [mine()], "u", 1, cursors=ALL)]),
    ("An op that would lose to what it has not seen is not superseded.",
     [BOB, by(A, [mine(milliseconds=-1)], "u", 1, cursors=ALL)]),
    ("Of one stamp another value is unseen.", [BOB, by(A, [theirs(value=2)], "u", 1, cursors=ALL)]),
    ("A tombstone that was not seen is unseen like a value.",
     [by(B, [theirs(value=TOMBSTONE)], "a", 1), by(A, [mine()], "u", 1, cursors=ALL)]),
    ("What is unseen is applied once it has been pulled.",
     [BOB, by(A, [mine()], "u", 1, cursors=ALL), by(A, [mine()], "a", 2, cursors={"*": cursor(1)})]),
    ("A cursor before the row has not seen it.",
     [by(B, [theirs("g")], "a", 1), by(B, [theirs()], "a", 2), by(A, [mine()], "u", 2, cursors={"*": cursor(1)}),
      by(A, [mine("g")], "a", 3, cursors={"*": cursor(1)})]),
    ("A row that moved after it was pulled is unseen again.",
     [BOB, by(B, [theirs("f", 5)], "a", 2), by(A, [mine("f", 6)], "u", 2, cursors={"*": cursor(1)})]),
    ("A slot that nobody has written is not unseen.", [BOB, by(A, [mine("g")], "a", 2, cursors=ALL)]),
    ("The replica's own row is no obstacle.",
     [by(A, [mine()], "a", 1), by(A, [mine("f", 2)], "a", 2, cursors=ALL)]),
    ("A row that the replica pushed for another is that other's.",
     [by(A, [theirs()], "a", 1), by(A, [mine()], "u", 1, cursors=ALL)]),
    ("A replay of the very same register is no obstacle.",
     [by(A, [theirs()], "a", 1), by(A, [theirs(), theirs("g")], "sa", 2, cursors=ALL)]),
    ("Without a pull nothing is unseen.", [BOB, by(A, [mine()], "a", 2)]),
    ("In a collection that is not pulled nothing is unseen.",
     [BOB, by(A, [mine()], "a", 2, cursors={"*": "", "c": None}), by(B, [theirs("f", 2)], "a", 3),
      by(A, [mine("f", 3)], "a", 4, cursors={"*": None})]),
    ("In a collection that has no cursor nothing is unseen.", [BOB, by(A, [mine()], "a", 2, cursors={"d": ""})]),
    ("A pull of no cursors has nothing unseen.", [BOB, by(A, [mine()], "a", 2, cursors={})]),
    ("The cursor of the collection counts before the star.",
     [BOB, by(A, [mine()], "u", 1, cursors={"*": cursor(1), "c": ""}),
      by(A, [mine()], "a", 2, cursors={"*": "", "c": cursor(1)})]),
    ("A collection that has a number for a name has its own cursor.",
     [by(B, [theirs(collection="1")], "a", 1),
      by(A, [mine(collection="1")], "u", 1, cursors={"*": cursor(1), "1": ""})]),
    ("The cursor of another epoch has seen nothing.",
     [BOB, by(A, [mine()], "u", 1, cursors={"*": cursor(1, OTHER_EPOCH)})]),
    ("A cursor beyond the head has seen nothing.", [BOB, by(A, [mine()], "u", 1, cursors={"*": cursor(2)})]),

    ("One unseen op holds back the whole push.",
     [BOB, by(A, [mine("e"), mine(), mine("g"), mine(record="s")], "uuuu", 1, cursors=ALL)]),
    ("What is superseded is held back as well.",
     [by(A, [mine("e")], "a", 1), by(B, [theirs()], "a", 2), by(A, [mine("e"), mine()], "uu", 2, cursors=ALL)]),
    ("A refused op is told beside what is unseen, and raises the fence.",
     [BOB, by(A, [mine(), mine("g", 300_001), mine("h")], "uru", 1, in_future(1), cursors=ALL),
      outdated([mine("h")], 1, 1, replica=A), by(A, [mine("h")], "a", 2, fence=1)]),
    ("A poisoned op is told beside what is unseen.",
     [BOB, by(A, [raw("g", b"\x0a"), mine()], "ru", 1, [{"index": 0, "code": "value_malformed"}], cursors=ALL)]),
    ("A refused op meets nothing.",
     [BOB, by(A, [mine("f", 300_001), mine("g")], "ra", 2, in_future(0), cursors=ALL)]),
    ("A push in which two ops write one slot has not seen either of them before.",
     [by(A, [theirs(), mine()], "aa", 1, cursors=ALL)]),

    ("A field meets the deletion of its record.",
     [by(B, [dead(B)], "a", 1), by(A, [mine()], "u", 1, cursors=ALL),
      by(A, [mine()], "a", 2, cursors={"*": cursor(1)})]),
    ("A creation meets the deletion of its record.",
     [by(B, [dead(B)], "a", 1), by(A, [live(A, 2)], "u", 1, cursors=ALL)]),
    ("Two creations of a record are no obstacle.",
     [by(B, [live(B), theirs("g")], "aa", 1), by(A, [live(A, 2), mine()], "aa", 2, cursors=ALL),
      by(B, [live(B, 1)], "s", 2, cursors=ALL)]),
    ("A field meets its own replica's deletion freely.",
     [by(A, [dead(A)], "a", 1), by(A, [mine("f", 2)], "a", 2, cursors=ALL)]),
    ("A field that the server holds still meets a deletion.",
     [by(A, [mine()], "a", 1), by(B, [dead(B, 2)], "a", 2), by(A, [mine()], "u", 2, cursors=ALL)]),
    ("A deletion meets every field of its record.",
     [by(A, [mine("e")], "a", 1), by(B, [theirs("z", element=b"\xff")], "a", 2),
      by(A, [dead(A)], "u", 2, cursors=ALL), by(A, [dead(A)], "a", 3, cursors={"*": cursor(2)})]),
    ("A deletion meets the creation of its record.",
     [by(B, [live(B)], "a", 1), by(A, [dead(A, 2)], "u", 1, cursors=ALL)]),
    ("A deletion meets another deletion of its record.",
     [by(B, [dead(B)], "a", 1), by(A, [dead(A, 2)], "u", 1, cursors=ALL)]),
    ("The very same deletion is no obstacle.",
     [by(A, [dead(B)], "a", 1), by(A, [dead(B)], "s", 1, cursors=ALL)]),
    ("A deletion that the server holds still meets a field.",
     [by(A, [dead(A)], "a", 1), by(B, [theirs("f", 2)], "a", 2), by(A, [dead(A)], "u", 2, cursors=ALL)]),
    ("A deletion meets no field of another record.",
     [by(B, [theirs(record="q"), theirs(record="r "), theirs(record="rr"), theirs(record="s"),
             theirs(collection="cc")], "aaaaa", 1),
      by(A, [dead(A)], "a", 2, cursors=ALL)]),
    ("Any of several deletions may meet what is unseen.",
     [by(B, [theirs(record="s")], "a", 1), by(A, [dead(A), dead(A, 1, "s"), dead(A, 1, "t")], "uuu", 1, cursors=ALL),
      by(A, [dead(A), dead(A, 1, "t")], "aa", 2, cursors=ALL)]),
    ("Another field of the record is no obstacle.",
     [by(B, [theirs("g"), live(B), theirs(element=b"k")], "aaa", 1), by(A, [mine()], "a", 2, cursors=ALL)]),
]

TAKEN = [
    ("A reply says through what the replica's pushes had been taken before.",
     [by(A, [mine()], "a", 1, through=3), by(A, [mine("g")], "a", 2, through=5, taken=3),
      by(A, [], "", 2, taken=5), by(A, [], "", 2, taken=5)]),
    ("What was superseded as a whole has been taken.",
     [by(A, [mine()], "a", 1, through=3), by(A, [mine()], "s", 1, through=4, taken=3), by(A, [], "", 1, taken=4)]),
    ("An empty push has been taken.", [by(A, [], "", 0, through=3), by(A, [], "", 0, taken=3)]),
    ("A lesser number that comes late takes nothing back.",
     [by(A, [mine()], "a", 1, through=5), by(A, [mine()], "s", 1, through=3, taken=5), by(A, [], "", 1, taken=5)]),
    ("What was taken of a replica is no other's.",
     [by(A, [mine()], "a", 1, through=5), by(B, [], "", 1), by(B, [], "", 1, through=2), by(A, [], "", 1, taken=5),
      by(B, [], "", 1, taken=2)]),
    ("What is unseen has not been taken.",
     [BOB, by(A, [mine()], "u", 1, cursors=ALL, through=3), by(A, [mine()], "a", 2, through=4),
      by(A, [], "", 2, taken=4)]),
    ("A push of which an op was refused has not been taken.",
     [by(A, [mine(), raw("g", b"\x0a")], "ar", 1, [{"index": 1, "code": "value_malformed"}], through=3),
      by(A, [mine(), mine("g", 300_001)], "sr", 1, in_future(1), through=4), by(A, [], "", 1, fence=1)]),
    ("A push that is outdated has not been taken.",
     [by(A, [mine("f", 300_001)], "r", 0, in_future(0), through=3), outdated([mine()], 0, 1, replica=A, through=4),
      by(A, [], "", 0, fence=1)]),
    ("The greatest number of an op is 2^53 - 1.",
     [by(A, [mine()], "a", 1, through=limits.THROUGH_MAX), by(A, [], "", 1, taken=limits.THROUGH_MAX)]),
]
