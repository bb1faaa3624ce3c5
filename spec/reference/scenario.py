"""Runs the steps of a case of strategies.json through the model, and notes what each step wrote."""

import clock
import json_text
from encoding import TOMBSTONE, encode_value, same
from merge import Record
from notation import agree, refusal
from schema import Collection
from slot import path, slot_key
from strategies import Register

T = 1_700_000_000_000
A, B, C = "0000000000000001", "0000000000000002", "ffffffffffffffff"
DEFAULT_SCHEMA_NAME, COLLECTION, RECORD = "vectors", "c", "r"


def at(milliseconds, replica=A, counter=0):
    return clock.stamp(T + milliseconds, counter, replica)


def step(replica, milliseconds, **mutation):
    return {"replica": replica, "stamp": at(milliseconds, replica), "mutation": mutation}


def put(replica, milliseconds, field, value):
    return step(replica, milliseconds, do="put", field=field, value=value)


def put_fields(replica, milliseconds, **fields):
    return step(replica, milliseconds, do="put_fields", fields=fields)


def clear(replica, milliseconds, field):
    return step(replica, milliseconds, do="clear", field=field)


def increment(replica, milliseconds, field, by):
    return step(replica, milliseconds, do="increment", field=field, by=str(by))


def add(replica, milliseconds, field, *items):
    return step(replica, milliseconds, do="add", field=field, items=list(items))


def remove(replica, milliseconds, field, *items):
    return step(replica, milliseconds, do="remove", field=field, items=list(items))


def insert(replica, milliseconds, field, index, *items):
    return step(replica, milliseconds, do="insert", field=field, index=index, items=list(items))


def move(replica, milliseconds, field, origin, target):
    return step(replica, milliseconds, do="move", field=field, **{"from": origin, "to": target})


def put_at(replica, milliseconds, field, index, value):
    return step(replica, milliseconds, do="put_at", field=field, index=index, value=value)


def remove_at(replica, milliseconds, field, index, count=1):
    return step(replica, milliseconds, do="remove_at", field=field, index=index, count=count)


def put_key(replica, milliseconds, field, key, value):
    return step(replica, milliseconds, do="put_key", field=field, key=key, value=value)


def clear_key(replica, milliseconds, field, key):
    return step(replica, milliseconds, do="clear_key", field=field, key=key)


def delete(replica, milliseconds):
    return step(replica, milliseconds, do="delete")


def refused(mutation_step, code):
    return mutation_step | {"error": code}


def silent(mutation_step):
    """The step must write nothing."""
    return mutation_step | {"count": 0}


def writing(count, mutation_step):
    """The step must write `count` slots, the record's own among them."""
    return mutation_step | {"count": count}


def deliver(source, target):
    return {"deliver": "all", "from": source, "to": target}


def exchange(left, right):
    return [deliver(left, right), deliver(right, left)]


def read(replica, expect):
    return {"read": replica, "expect": expect}


def slot(field, element, stamp, value):
    """A slot to inject; the element is bytes, the value TOMBSTONE or a value."""
    return {"field": field, "element": element, "stamp": stamp, "value": value}


def inject(replica, *slots):
    return {"inject": list(slots), "to": replica}


def schema_of(collection):
    return {"name": DEFAULT_SCHEMA_NAME, "version": 1, "collections": {COLLECTION: collection}}


def _register_value(value):
    return TOMBSTONE if value is TOMBSTONE else encode_value(value)


def _mutation_json(mutation):
    return {member: json_text.jsonable(value) for member, value in mutation.items()}


def _run_mutation(records, each, name):
    record = records(each["replica"])
    written = {"replica": each["replica"], "stamp": each["stamp"].hex(), "mutation": _mutation_json(each["mutation"])}
    replica = bytes.fromhex(each["replica"])
    if "error" in each:
        code = refusal(lambda: record.mutate(each["mutation"], each["stamp"], replica))
        agree(name, each["error"], code)
        return written | {"error": code}
    writes = record.mutate(each["mutation"], each["stamp"], replica)
    for (field, element), _ in writes:
        slot_key(path(COLLECTION, RECORD, field, element))
    if "count" in each:
        agree(f"{name} {written}", each["count"], len(writes))
    return written | {"writes": [{"field": field, "element": element.hex(), "value": value.hex()}
                                 for (field, element), value in writes]}


def _run_inject(records, each):
    written = []
    for injected in each["inject"]:
        value = _register_value(injected["value"])
        element = injected["element"]
        records(each["to"]).merge((injected["field"], element), Register(injected["stamp"], value))
        written.append({"field": injected["field"], "element": element.hex(), "stamp": injected["stamp"].hex(),
                        "value": value.hex()})
    return {"inject": written, "to": each["to"]}


def _run_read(records, each, name):
    resolved = records(each["read"]).read()
    stated = each["expect"]
    both_absent = resolved is None and stated is None
    if not both_absent:
        assert resolved is not None and stated is not None and same(resolved, stated), \
            f"{name}\n  stated:   {stated}\n  computed: {resolved}"
    return {"read": each["read"], "expect": json_text.jsonable(stated)}


def run(name, collection, steps):
    document = schema_of(collection)
    rules = Collection(document, COLLECTION)
    replicas = {}

    def records(replica):
        return replicas.setdefault(replica, Record(rules))

    written = []
    for each in [single for item in steps for single in (item if isinstance(item, list) else [item])]:
        if "mutation" in each:
            written.append(_run_mutation(records, each, name))
        elif "deliver" in each:
            for key, register in list(records(each["from"]).slots.items()):
                records(each["to"]).merge(key, register)
            written.append(each)
        elif "inject" in each:
            written.append(_run_inject(records, each))
        else:
            written.append(_run_read(records, each, name))
    return {"name": name, "schema": document, "collection": COLLECTION, "record": RECORD, "steps": written}
