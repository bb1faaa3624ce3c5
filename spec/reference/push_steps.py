"""Pushes as the cases of push.json state them, and how the model runs them."""

import clock
from batch import encode_batch
from encoding import TOMBSTONE, encode_value, encode_varint
from notation import agree, expand, op, op_json, refusal, repeat

T = 1_700_000_000_000
EPOCH = "00000000000000e1"
OTHER_EPOCH = "00000000000000e2"
A, B = "0000000000000001", "0000000000000002"
SENDER = ("replica", "fence", "through", "cursors")


def at(milliseconds, counter=0, replica=A):
    return clock.stamp(T + milliseconds, counter, replica)


def c(field="f", stamp=at(0), value=1, record="r", collection="c", element=b""):
    return op(collection, record, field, stamp, TOMBSTONE if value is TOMBSTONE else encode_value(value), element)


def cursor(sequence, epoch=EPOCH):
    return f"{epoch}.{sequence}"


def raw(field, value):
    return op("c", "r", field, at(0), value)


def inheriting(first_value, count):
    """One op with the longest names, and further ones that inherit them all: expanded, each has 279 bytes and more."""
    first = encode_batch([op("c" * 64, "r" * 128, "f" * 64, at(0), encode_value(first_value))])
    return ["01" + encode_varint(1 + count).hex() + first[2:].hex(), repeat("000101", count)]


def push(ops, verdicts, head, refused=(), now=T, **sender):
    """`sender` is what else the request has, of replica, fence, through and cursors."""
    return {"ops": ops, "verdicts": verdicts, "head": head, "refused": list(refused), "now": now} | sender


def push_of(batch, verdicts, head, refused=(), now=T):
    return {"raw": batch} | push(None, verdicts, head, refused, now)


def broken(batch, error, head, now=T, **sender):
    return {"batch": batch, "error": error, "head": head, "now": now} | sender


def outdated(ops, head, least, **sender):
    return broken(encode_batch(ops).hex(), "push_outdated", head, **sender) | {"least_fence": least}


def in_future(*indexes):
    return [{"index": index, "code": "stamp_in_future"} for index in indexes]


def row_json(row):
    return op_json(row.op) | {"sequence": row.sequence}


def run_push(space, step, name):
    """The push as a vector, after the model has agreed with what it states."""
    sender = {"replica": A} | {member: step[member] for member in SENDER if member in step}
    vector = {"now": str(step["now"])} | {member: step[member] for member in SENDER if member in step}
    if "error" in step:
        agree(name, step["error"], refusal(lambda: space.push(step["now"], expand(step["batch"]), **sender)))
        agree(name, step["head"], space.head)
        if "least_fence" in step:
            agree(name, step["least_fence"], space.fences[sender["replica"]])
            vector["least_fence"] = step["least_fence"]
        return vector | {"batch": step["batch"], "error": step["error"], "head": step["head"]}
    batch = expand(step["raw"]) if "raw" in step else encode_batch(step["ops"])
    pushed = space.push(step["now"], batch, **sender)
    agree(name, (step["verdicts"], step["refused"], step["head"], step.get("taken", 0)),
          (pushed.verdicts, pushed.refused, space.head, pushed.taken))
    vector |= {member: step[member] for member in ("taken",) if member in step}
    return vector | {"batch": step.get("raw") or compact(batch), "verdicts": step["verdicts"],
                     "refused": step["refused"], "head": step["head"]}


def compact(data):
    """Hex of bytes; a run of more than 500 equal bytes becomes a repeat."""
    parts, start, position = [], 0, 0
    while position < len(data):
        end = position
        while end < len(data) and data[end] == data[position]:
            end += 1
        if end - position > 500:
            parts += [data[start:position].hex(), repeat(f"{data[position]:02x}", end - position)]
            start = end
        position = end
    return parts + [data[start:].hex()] if parts else data.hex()
