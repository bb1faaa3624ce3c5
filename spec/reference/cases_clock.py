"""stamp.json and clock.json."""

import clock
import limits
from encoding import Refused
from notation import agree

T = 1_700_000_000_000
MAX = limits.STAMP_MILLISECONDS_MAX
FULL = limits.STAMP_COUNTER_MAX
DRIFT = limits.DRIFT_MS_MAX
A = "0000000000000001"
B = "ffffffffffffffff"

STAMPS = [
    ("The zero stamp means none.", 0, 0, "0000000000000000", "00000000000000000000000000000000"),
    ("One millisecond is in the sixth byte.", 1, 0, A, "00000000000100000000000000000001"),
    ("The counter is big-endian.", 0, 258, A, "00000000000001020000000000000001"),
    ("A stamp of November 2023.", T, 7, "0123456789abcdef", "018bcfe5680000070123456789abcdef"),
    ("A stamp past 32 bits of seconds.", 4_294_967_296_000, 0, A, "03e8000000000000" + A),
    ("A stamp past the nanoseconds of an int64.", 9_223_372_036_855, 1, A, "08637bd05af70001" + A),
    ("The greatest milliseconds and counter.", MAX, FULL, B, "ffffffffffffffffffffffffffffffff"),
]

STAMP_ORDER = [
    ("Milliseconds come before the counter.", (T, FULL, B), (T + 1, 0, A)),
    ("The counter comes before the replica.", (T, 1, B), (T, 2, A)),
    ("The counter compares as an unsigned number.", (T, 32_767, B), (T, 32_768, A)),
    ("Replicas compare as unsigned bytes.", (T, 1, "7fffffffffffffff"), (T, 1, "8000000000000000")),
    ("Milliseconds compare as an unsigned number.", (2**47 - 1, 0, A), (2**47, 0, A)),
]


def stamp_file():
    cases = []
    for name, milliseconds, counter, replica, stated in STAMPS:
        agree(name, stated, clock.stamp(milliseconds, counter, replica).hex())
        cases.append({"name": name, "kind": "good", "milliseconds": str(milliseconds), "counter": counter,
                      "replica": replica, "stamp": stated})
    for name, less, greater in STAMP_ORDER:
        pair = clock.stamp(*less), clock.stamp(*greater)
        assert pair[0] < pair[1], name
        cases.append({"name": name, "kind": "order", "less": pair[0].hex(), "greater": pair[1].hex()})
    return {"description": "Stamps, their bytes and their order.", "cases": cases}


def tick(wall, stamp, last=None, floor=None):
    """Ends in `stamp`, which is (milliseconds, counter) or a code; `last` is stated where it is not the stamp's."""
    return {"do": "tick", "wall": wall, "floor": floor, "stamp": stamp, "last": last}


def observe(wall, stamp, last, error=None, time=0):
    """`time` is the server's, in the reply that brought the stamp."""
    return {"do": "observe", "wall": wall, "time": time, "stamp": stamp, "last": last, "error": error}


def learn(time, sent, received, offset):
    return {"do": "learn", "time": time, "sent": sent, "received": received, "offset": offset}


CASES = [
    # name, last, offset, steps
    ("A first tick takes the wall clock.", (0, 0), 0, [tick(T, (T, 0))]),
    ("A later wall clock restarts the counter.", (T, 9), 0, [tick(T + 1, (T + 1, 0))]),
    ("Ticks within one millisecond count.", (0, 0), 0,
     [tick(T, (T, 0)), tick(T, (T, 1)), tick(T, (T, 2)), tick(T + 1, (T + 1, 0))]),
    ("A wall clock that goes back does not take the stamps with it.", (T, 0), 0,
     [tick(T - 1, (T, 1)), tick(T - 86_400_000, (T, 2)), tick(0, (T, 3)), tick(T, (T, 4)), tick(T + 1, (T + 1, 0))]),
    ("A wall clock before 1970 counts as 1970.", (0, 0), 0, [tick(-5, (0, 1)), tick(-(2**63), (0, 2))]),
    ("The wall clock of 1970 is not after the zero time.", (0, 0), 0, [tick(0, (0, 1)), tick(1, (1, 0))]),
    ("A full counter carries into the milliseconds.", (T, FULL - 1), 0,
     [tick(T, (T, FULL)), tick(T, (T + 1, 0)), tick(T, (T + 1, 1)), tick(T + 1, (T + 1, 2))]),
    ("A full counter does not carry when the wall clock has moved on.", (T, FULL), 0, [tick(T + 1, (T + 1, 0))]),
    ("A full counter carries while the wall clock is behind.", (T, FULL), 0, [tick(T - 50, (T + 1, 0))]),
    ("The last milliseconds count to the end and are exhausted then.", (MAX, FULL - 1), 0,
     [tick(T, (MAX, FULL)), tick(T, "clock_exhausted"), tick(MAX, "clock_exhausted")]),
    ("The milliseconds before the last carry into the last.", (MAX - 1, FULL), 0, [tick(T, (MAX, 0))]),
    ("A wall clock beyond 48 bits counts as the last milliseconds.", (T, 0), 0,
     [tick(MAX + 1, (MAX, 0)), tick(2**63 - 1, (MAX, 1))]),
    ("An exhausted clock stays as it was.", (MAX, FULL), 0,
     [tick(T, "clock_exhausted"), observe(T, (T, 0, B), (MAX, FULL)), tick(T, "clock_exhausted")]),

    ("A positive offset is added.", (0, 0), 60_000, [tick(T, (T + 60_000, 0))]),
    ("A negative offset is taken off.", (0, 0), -3_600_000, [tick(T, (T - 3_600_000, 0))]),
    ("A negative offset does not take back the last stamp.", (T, 4), -3_600_000, [tick(T, (T, 5))]),
    ("A wall clock and an offset that sum below zero count as zero.", (0, 0), -10, [tick(5, (0, 1))]),
    ("A wall clock and an offset that sum above 48 bits count as the last milliseconds.", (0, 0), 10,
     [tick(MAX - 5, (MAX, 0))]),
    ("A wall clock and an offset whose sum leaves int64 count as the last milliseconds.", (T, 0), 5_001,
     [tick(2**63 - 1, (MAX, 0))]),
    ("A wall clock and an offset whose sum leaves int64 downward count as zero.", (T, 0), -5_001,
     [tick(-(2**63), (T, 1))]),

    ("A floor below the last stamp changes nothing.", (T, 5), 0, [tick(T, (T, 6), floor=(T - 1, FULL))]),
    ("A floor below the wall clock changes nothing.", (T - 10, 5), 0, [tick(T, (T, 0), floor=(T - 1, FULL))]),
    ("A floor equal to the wall clock is passed by the counter.", (0, 0), 0, [tick(T, (T, 8), floor=(T, 7))]),
    ("A floor with the greater counter is passed.", (T, 5), 0, [tick(T, (T, 10), floor=(T, 9))]),
    ("A floor within the drift bound is adopted.", (T, 0), 0,
     [tick(T, (T + 1_000, 4), floor=(T + 1_000, 3)), tick(T, (T + 1_000, 5))]),
    ("A floor exactly at the drift bound is adopted.", (T, 0), 0,
     [tick(T, (T + DRIFT, 1), floor=(T + DRIFT, 0)), tick(T, (T + DRIFT, 2))]),
    ("A floor one past the drift bound is beaten and not adopted.", (T, 0), 0,
     [tick(T, (T + DRIFT + 1, 1), floor=(T + DRIFT + 1, 0), last=(T, 0)), tick(T, (T, 1))]),
    ("A floor at the bound that carries over it is not adopted.", (T, 0), 0,
     [tick(T, (T + DRIFT + 1, 0), floor=(T + DRIFT, FULL), last=(T, 0))]),
    ("A floor far ahead moves the last time to the wall clock.", (T - 500, 9), 0,
     [tick(T, (T + 10_000_000, 2), floor=(T + 10_000_000, 1), last=(T, 0)), tick(T, (T, 1))]),
    ("A floor far ahead leaves a last time that is ahead of the wall clock.", (T + 20, 9), 0,
     [tick(T, (T + 10_000_000, 2), floor=(T + 10_000_000, 1), last=(T + 20, 9)), tick(T, (T + 20, 10))]),
    ("A floor far ahead is measured from the corrected wall clock.", (T, 0), 600_000,
     [tick(T, (T + 900_000, 1), floor=(T + 900_000, 0)), tick(T, (T + 900_001, 1), floor=(T + 900_001, 0),
                                                              last=(T + 900_000, 1))]),
    ("A last time that is far ahead by itself goes on counting.", (T + 10_000_000, 3), 0,
     [tick(T, (T + 10_000_000, 4)), tick(T, (T + 10_000_000, 5), floor=(T, 0))]),
    ("A floor equal to a last time far ahead is no reason to keep the last time.", (T + 10_000_000, 3), 0,
     [tick(T, (T + 10_000_000, 4), floor=(T + 10_000_000, 3))]),
    ("A floor beyond a last time far ahead is not adopted.", (T + 10_000_000, 3), 0,
     [tick(T, (T + 20_000_000, 1), floor=(T + 20_000_000, 0), last=(T + 10_000_000, 3))]),
    ("A floor in the last milliseconds is beaten and not adopted.", (T, 0), 0,
     [tick(T, (MAX, FULL), floor=(MAX, FULL - 1), last=(T, 0)), tick(T, (T, 1))]),
    ("A floor at the end of the clock cannot be beaten.", (T, 0), 0,
     [tick(T + 5, "clock_exhausted", floor=(MAX, FULL)), tick(T + 5, (T + 5, 0))]),
    ("A floor with a full counter carries.", (0, 0), 0, [tick(T, (T + 1, 0), floor=(T, FULL))]),

    ("A later stamp is adopted.", (T, 0), 0, [observe(T, (T + 10, 3, B), (T + 10, 3)), tick(T, (T + 10, 4))]),
    ("An older stamp is no fault and changes nothing.", (T, 5), 0, [observe(T, (T - 10**9, 9, B), (T, 5))]),
    ("A stamp of 1970 is no fault.", (T, 5), 0, [observe(T, (0, 1, B), (T, 5))]),
    ("A stamp with the greater counter is adopted.", (T, 5), 0, [observe(T, (T, 6, B), (T, 6))]),
    ("A stamp with the lesser counter is not adopted.", (T, 5), 0, [observe(T, (T, 4, B), (T, 5))]),
    ("The replica of a stamp does not matter.", (T, 5), 0,
     [observe(T, (T, 5, B), (T, 5)), observe(T, (T, 5, A), (T, 5)), tick(T, (T, 6))]),
    ("A stamp exactly at the drift bound is adopted.", (T, 0), 0,
     [observe(T, (T + DRIFT, 0, B), (T + DRIFT, 0)), tick(T, (T + DRIFT, 1))]),
    ("A stamp at the drift bound with a full counter is adopted.", (T, 0), 0,
     [observe(T, (T + DRIFT, FULL, B), (T + DRIFT, FULL)), tick(T, (T + DRIFT + 1, 0))]),
    ("A stamp one past the drift bound is refused.", (T, 0), 0,
     [observe(T, (T + DRIFT + 1, 0, B), (T, 0), "stamp_in_future"), tick(T, (T, 1))]),
    ("A stamp of the year 2262 is refused.", (T, 0), 0,
     [observe(T, (9_223_372_036_854, 0, B), (T, 0), "stamp_in_future"),
      observe(T, (9_223_372_036_855, 0, B), (T, 0), "stamp_in_future")]),
    ("The greatest stamp is refused.", (T, 0), 0, [observe(T, (MAX, FULL, B), (T, 0), "stamp_in_future")]),
    ("What the server took in is taken by a device whose clock is a little behind.", (T, 0), 0,
     [observe(T, (T + 4_000 + DRIFT, 0, B), (T + 4_000 + DRIFT, 0), time=T + 4_000),
      observe(T, (T + 4_001 + DRIFT, 0, B), (T + 4_000 + DRIFT, 0), "stamp_in_future", time=T + 4_000)]),
    ("A server's time that is behind narrows nothing.", (T, 0), 0,
     [observe(T, (T + DRIFT, 0, B), (T + DRIFT, 0), time=T - 4_000)]),
    ("The drift is measured from the corrected wall clock.", (0, 0), 600_000,
     [observe(T, (T + 900_000, 0, B), (T + 900_000, 0)),
      observe(T, (T + 900_001, 0, B), (T + 900_000, 0), "stamp_in_future")]),
    ("A wall clock that runs ahead is corrected before the drift is measured.", (0, 0), -600_000,
     [observe(T, (T - 300_000, 0, B), (T - 300_000, 0)),
      observe(T, (T, 0, B), (T - 300_000, 0), "stamp_in_future")]),
    ("The drift is measured from the wall clock and not from the last time.", (T + DRIFT, 0), 0,
     [observe(T, (T + DRIFT + 1, 0, B), (T + DRIFT, 0), "stamp_in_future")]),
    ("A stamp older than the last time is refused when it is past the drift bound.", (T + 10_000_000, 0), 0,
     [observe(T, (T + 400_000, 0, B), (T + 10_000_000, 0), "stamp_in_future")]),
    ("Near the end of the clock the drift bound does not wrap.", (0, 0), 0,
     [observe(MAX - 10, (MAX, FULL, B), (MAX, FULL))]),
    ("A device in the year 2262 stamps and observes.", (0, 0), 0,
     [tick(9_223_372_036_855, (9_223_372_036_855, 0)),
      observe(9_223_372_036_855, (9_223_372_036_900, 0, B), (9_223_372_036_900, 0))]),
    ("Observed and own times interleave.", (0, 0), 0,
     [tick(T, (T, 0)), observe(T + 1, (T + 5, 7, B), (T + 5, 7)), tick(T + 2, (T + 5, 8)),
      observe(T + 3, (T + 5, 8, B), (T + 5, 8)), tick(T + 6, (T + 6, 0)), observe(T + 6, (T + 6, 0, B), (T + 6, 0)),
      tick(T + 6, (T + 6, 1))]),

    ("An offset of five seconds is not kept.", (0, 0), 0, [learn(T + 5_000, T, T, 0)]),
    ("An offset of more than five seconds is kept.", (0, 0), 0,
     [learn(T + 5_001, T, T, 5_001), tick(T, (T + 5_001, 0))]),
    ("An offset of minus five seconds is not kept.", (0, 0), 0, [learn(T - 5_000, T, T, 0)]),
    ("An offset of less than minus five seconds is kept.", (0, 0), 0,
     [learn(T - 5_001, T, T, -5_001), tick(T, (T - 5_001, 0))]),
    ("The middle of the request is what counts.", (0, 0), 0, [learn(T + 60_000, T, T + 20_000, 50_000)]),
    ("A slow request alone makes no offset.", (0, 0), 0, [learn(T + 30_000, T, T + 60_000, 0)]),
    ("A request that is slow in one direction makes no offset.", (0, 0), 0,
     [learn(T + 60_000, T, T + 60_000, 0), learn(T, T, T + 60_000, 0)]),
    ("A slow request keeps the offset that it allows.", (0, 0), 60_000, [learn(T + 61_000, T, T + 40_000, 60_000)]),
    ("A slow request that allows none of the present offset replaces it.", (0, 0), 60_000,
     [learn(T + 10_000, T, T + 40_000, -10_000)]),
    ("A request during which the wall clock went back teaches nothing.", (0, 0), 60_000,
     [learn(T, T, T - 3_600_000, 60_000), learn(T, T - 3_600_000, T - 3_600_000, 3_600_000)]),
    ("Half a millisecond of a positive offset is dropped.", (0, 0), 0, [learn(T + 6_000, T, T + 1, 5_999)]),
    ("Half a millisecond of a negative offset is dropped.", (0, 0), 0, [learn(T - 6_000, T, T + 1, -6_000)]),
    ("A positive offset of five seconds and a half millisecond is not kept.", (0, 0), 0,
     [learn(T + 5_001, T, T + 1, 0)]),
    ("A negative offset of five seconds and a half millisecond is not kept.", (0, 0), 0,
     [learn(T - 5_000, T, T + 1, 0)]),
    ("A small offset resets the one before.", (0, 0), 60_000, [learn(T + 100, T, T, 0), tick(T, (T, 0))]),
    ("An offset is measured against the plain wall clock.", (0, 0), 60_000, [learn(T + 60_000, T, T, 60_000)]),
    ("A new offset replaces the one before.", (0, 0), 60_000, [learn(T - 90_000, T, T, -90_000)]),
    ("Learning that the wall clock was ahead does not take back the last stamp.", (0, 0), 0,
     [tick(T + 3_600_000, (T + 3_600_000, 0)), learn(T, T + 3_600_000, T + 3_600_000, -3_600_000),
      tick(T + 3_600_001, (T + 3_600_000, 1))]),
    ("A device set to 1970 learns the time.", (0, 0), 0,
     [tick(1_000, (1_000, 0)), learn(T, 2_000, 2_000, T - 2_000), tick(3_000, (T + 1_000, 0))]),
]


def _time_json(time):
    return None if time is None else {"milliseconds": str(time[0]), "counter": time[1]}


def _stamp_json(time):
    return clock.stamp(time[0], time[1], A).hex()


def _tick(model, step, name):
    before = model.last
    floor = step["floor"]
    try:
        outcome = model.tick(step["wall"], floor or (0, 0))
    except Refused as refused:
        outcome = refused.code
    agree(name, step["stamp"], outcome)
    refused = isinstance(outcome, str)
    agree(name, before if refused else step["last"] or outcome, model.last)
    result = {"error": outcome} if refused else {"stamp": _stamp_json(outcome)}
    floor_json = clock.stamp(floor[0], floor[1], B).hex() if floor else None
    return {"do": "tick", "wall": str(step["wall"]), "floor": floor_json} | result


def _observe(model, step, name):
    stamp = clock.stamp(*step["stamp"])
    try:
        model.observe(step["wall"], stamp, step["time"])
        error = None
    except Refused as refused:
        error = refused.code
    agree(name, (step["last"], step["error"]), (model.last, error))
    written = {"do": "observe", "wall": str(step["wall"]), "time": str(step["time"]), "stamp": stamp.hex()}
    return written | ({"error": error} if error else {})


def _learn(model, step, name):
    model.offset = clock.offset_from_reply(model.offset, step["time"], step["sent"], step["received"])
    agree(name, step["offset"], model.offset)
    return {member: value if member == "do" else str(value) for member, value in step.items()}


def clock_file():
    cases = []
    for name, last, offset, steps in CASES:
        model = clock.Clock(last, offset)
        written = []
        for step in steps:
            run = {"tick": _tick, "observe": _observe, "learn": _learn}[step["do"]]
            written.append(run(model, step, name) | {"last": _time_json(model.last)})
        cases.append({"name": name, "replica": A, "last": _time_json(last), "offset": str(offset), "steps": written})
    return {"description": "Sequences of ticks, arriving stamps and learnt times.", "cases": cases}
