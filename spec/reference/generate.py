#!/usr/bin/env python3
"""Writes spec/vectors/*.json from the reference model; with --check says whether they are what it would write.

Every expectation that a person can state is stated by hand in cases_*.py, and a builder stops when the model does
not agree with it. So a vector is right only when its author and the model are of one mind.
"""

import argparse
import json
import pathlib
import sys

import cases_batch
import cases_carry_over
import cases_clock
import cases_encoding
import cases_index_keys
import cases_json
import cases_merge
import cases_pull
import cases_push
import cases_schema
import cases_stored
import cases_strategies

VECTORS = pathlib.Path(__file__).resolve().parent.parent / "vectors"
LINE_WIDTH = 118
BUILDERS = {
    "limits.json": cases_encoding.limits_file,
    "value.json": cases_encoding.value_file,
    "slot_key.json": cases_encoding.slot_key_file,
    "json.json": cases_json.json_file,
    "stamp.json": cases_clock.stamp_file,
    "clock.json": cases_clock.clock_file,
    "batch.json": cases_batch.batch_file,
    "stored.json": cases_stored.stored_file,
    "law.json": cases_merge.law_file,
    "schema.json": cases_schema.schema_file,
    "index_keys.json": cases_index_keys.index_keys_file,
    "carry_over.json": cases_carry_over.carry_over_file,
    "strategies.json": cases_strategies.strategies_file,
    "push.json": cases_push.push_file,
    "pull.json": cases_pull.pull_file,
}


def pretty(node, indent=0):
    """JSON with whatever fits a line on one line."""
    flat = json.dumps(node)
    if len(flat) + indent <= LINE_WIDTH or not isinstance(node, (dict, list)) or not node:
        return flat
    inner = " " * (indent + 1)
    if isinstance(node, list):
        lines = [inner + pretty(item, indent + 1) for item in node]
        return "[\n" + ",\n".join(lines) + "\n" + " " * indent + "]"
    lines = [f"{inner}{json.dumps(key)}: {pretty(member, indent + 1)}" for key, member in node.items()]
    return "{\n" + ",\n".join(lines) + "\n" + " " * indent + "}"


def check_names(file_name, document):
    names = [case["name"] for case in document["cases"]]
    for name in names:
        assert names.count(name) == 1, f"{file_name}: two cases are named {name!r}"
        assert name[0].isupper() and name.endswith("."), f"{file_name}: {name!r} is not a sentence"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, fail when a file differs")
    check_only = parser.parse_args().check
    stale = []
    for file_name, build in BUILDERS.items():
        document = build()
        check_names(file_name, document)
        text = pretty(document) + "\n"
        target = VECTORS / file_name
        if check_only:
            if not target.exists() or target.read_text() != text:
                stale.append(file_name)
        else:
            target.write_text(text)
            print(f"{file_name}: {len(document['cases'])} cases")
    for file_name in stale:
        print(f"{file_name} is not what the reference model writes", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
