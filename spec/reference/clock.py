"""The hybrid logical clock: clock.md."""

import limits
from encoding import Refused


def stamp(milliseconds, counter, replica):
    return milliseconds.to_bytes(6, "big") + counter.to_bytes(2, "big") + bytes.fromhex(replica)


def stamp_time(stamp_bytes):
    return int.from_bytes(stamp_bytes[:6], "big"), int.from_bytes(stamp_bytes[6:8], "big")


def is_in_future(stamp_bytes, now):
    return stamp_time(stamp_bytes)[0] > now + limits.DRIFT_MS_MAX


def offset_from_reply(present, time, sent, received):
    """The learnt correction of the wall clock: the one in force unless the request contradicts it, else the middle."""
    if received < sent or time - received <= present <= time - sent:
        return present
    doubled = 2 * time - sent - received
    offset = abs(doubled) // 2 * (1 if doubled > 0 else -1)
    return offset if abs(offset) > limits.OFFSET_IGNORED_MS_MAX else 0


class Clock:
    def __init__(self, last, offset):
        self.last = last
        self.offset = offset

    def now(self, wall):
        return min(max(wall + self.offset, 0), limits.STAMP_MILLISECONDS_MAX)

    def tick(self, wall, floor):
        """The (milliseconds, counter) of a new stamp above `last` and above `floor`."""
        now = self.now(wall)
        base = max(self.last, floor)
        if now > base[0]:
            time = (now, 0)
        elif base[1] < limits.STAMP_COUNTER_MAX:
            time = (base[0], base[1] + 1)
        elif base[0] < limits.STAMP_MILLISECONDS_MAX:
            time = (base[0] + 1, 0)
        else:
            raise Refused("clock_exhausted")
        carried_by_floor = floor > self.last and time[0] > now + limits.DRIFT_MS_MAX
        self.last = max(self.last, (now, 0)) if carried_by_floor else time
        return time

    def observe(self, wall, stamp_bytes, time=0):
        if is_in_future(stamp_bytes, max(self.now(wall), time)):
            raise Refused("stamp_in_future")
        self.last = max(self.last, stamp_time(stamp_bytes))
