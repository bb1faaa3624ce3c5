"""schema.json."""

import schema
from notation import agree

PART_FIELDS = {"groups": {"g": {"fields": ["a", "b"]}}}


def document(collection, name="health", version=1):
    return {"name": name, "version": version, "collections": {"c": collection}}


def fields(declared):
    return document({"fields": declared})


def conflicts(bounds):
    return document({}) | {"conflicts": bounds}


HEALTH = {"name": "health", "version": 1, "collections": {"health_metrics": {
    "fields": {"weight_kg": {"merge": "lww", "type": "number"}, "water_intake_ml": {"merge": "counter"}},
    "groups": {"blood_pressure": {"fields": ["systolic", "diastolic"]}}, "delete": "edit_loses"}}}

# name, document; the digest is computed.
GOOD = [
    ("The schema of the specification.", HEALTH),
    ("A schema without collections.", {"name": "n", "version": 1, "collections": {}}),
    ("A collection that says nothing.", document({})),
    ("A field that says nothing.", fields({"f": {}})),
    ("The greatest version.", document({}, version=2**31 - 1)),
    ("A name of 64 bytes.", document({}, name="n" * 64)),
    ("Every strategy.", fields({merge: {"merge": merge} for merge in schema.MERGES})),
    ("Every type.", fields({kind: {"type": kind} for kind in schema.TYPES})),
    ("Texts that are merged are strings.", fields({"f": {"merge": "merge_text", "type": "string"}})),
    ("A strategy that the app brings.", fields({"f": {"merge": "custom:recent", "type": "number"}})),
    ("A strategy whose name has 64 bytes.", fields({"f": {"merge": "custom:" + "n" * 64}})),
    ("Both rules of deletion.", {"name": "n", "version": 1, "collections": {
        "a": {"delete": "edit_loses"}, "b": {"delete": "edit_revives"}}}),
    ("A group whose parts are declared as fields.", document(
        PART_FIELDS | {"fields": {"a": {"merge": "lww", "type": "integer"}, "b": {}}})),
    ("A history of days and of ops.", document({"history": {"keep_days": 30, "keep_ops": 0}})),
    ("A history that says nothing.", document({"history": {}})),
    ("The longest history.", document({"history": {"keep_days": 36_500, "keep_ops": 1_000_000}})),
    ("An index of one field and one of two.", document(
        {"indexes": {"by_date": {"fields": ["date"]}, "by_kind_and_date": {"fields": ["meal_type", "date"]}}})),
    ("An index of a group's part.", document(PART_FIELDS | {"indexes": {"by_a": {"fields": ["a"]}}})),
    ("An index with the name of a field.", document({"fields": {"a": {}}, "indexes": {"a": {"fields": ["a"]}}})),
    ("As many indexes and fields as there may be.", document(
        {"indexes": {f"i{number}": {"fields": ["a", "b", "c", "d"]} for number in range(16)}})),
    ("A journal that is bounded by days and by entries.", conflicts({"keep_days": 30, "keep": 500})),
    ("A journal of one day and one entry.", conflicts({"keep_days": 1, "keep": 1})),
    ("The longest journal.", conflicts({"keep_days": 10_000, "keep": 100_000})),
    ("A journal that is bounded by days alone.", conflicts({"keep_days": 30})),
    ("A journal that says nothing.", conflicts({})),
    ("Two groups.", document({"groups": {"g": {"fields": ["a", "b"]}, "h": {"fields": ["d", "e", "f"]}}})),
]

BAD = [
    ("A document that is no object.", [], ""),
    ("A document without a name.", {"version": 1, "collections": {}}, "name"),
    ("A document without a version.", {"name": "n", "collections": {}}, "version"),
    ("A document without collections.", {"name": "n", "version": 1}, "collections"),
    ("An empty name.", document({}, name=""), "name"),
    ("A name of 65 bytes.", document({}, name="n" * 65), "name"),
    ("A name of 33 characters and 66 bytes.", document({}, name="\u00e9" * 33), "name"),
    ("A name that is a number.", document({}, name=1), "name"),
    ("The version 0.", document({}, version=0), "version"),
    ("A version of 2^31.", document({}, version=2**31), "version"),
    ("A version that is a double.", document({}, version=1.0), "version"),
    ("A version that is a string.", document({}, version="1"), "version"),
    ("A member of the document that is not known.", HEALTH | {"notes": ""}, "notes"),
    ("Collections that are an array.", {"name": "n", "version": 1, "collections": []}, "collections"),
    ("A collection that is no object.", document(True), "collections.c"),
    ("A member of a collection that is not known.", document({"privacy": {}}), "collections.c.privacy"),
    ("Fields that are an array.", document({"fields": []}), "collections.c.fields"),
    ("A field that is a string.", fields({"f": "lww"}), "collections.c.fields.f"),
    ("A member of a field that is not known.", fields({"f": {"unit": "kg"}}), "collections.c.fields.f.unit"),
    ("A strategy that is not known.", fields({"f": {"merge": "newest"}}), "collections.c.fields.f.merge"),
    ("A strategy in upper case.", fields({"f": {"merge": "LWW"}}), "collections.c.fields.f.merge"),
    ("A group is no field's strategy.", fields({"f": {"merge": "group"}}), "collections.c.fields.f.merge"),
    ("A custom strategy without a name.", fields({"f": {"merge": "custom:"}}), "collections.c.fields.f.merge"),
    ("A custom strategy of 65 bytes.", fields({"f": {"merge": "custom:" + "n" * 65}}), "collections.c.fields.f.merge"),
    ("A custom strategy with a control character.", fields({"f": {"merge": "custom:a\n"}}),
     "collections.c.fields.f.merge"),
    ("A part that is merged by a custom strategy.", document(PART_FIELDS | {"fields": {"a": {"merge": "custom:x"}}}),
     "collections.c.groups.g.fields"),
    ("A strategy that is null.", fields({"f": {"merge": None}}), "collections.c.fields.f.merge"),
    ("A type that is not known.", fields({"f": {"type": "date"}}), "collections.c.fields.f.type"),
    ("A counter of strings.", fields({"f": {"merge": "counter", "type": "string"}}), "collections.c.fields.f.type"),
    ("A least value of any JSON.", fields({"f": {"merge": "min", "type": "json"}}), "collections.c.fields.f.type"),
    ("A text that is a number.", fields({"f": {"merge": "merge_text", "type": "number"}}),
     "collections.c.fields.f.type"),
    ("A rule of deletion that is not known.", document({"delete": "never"}), "collections.c.delete"),
    ("A history that is a number.", document({"history": 30}), "collections.c.history"),
    ("A member of a history that is not known.", document({"history": {"keep": 30}}), "collections.c.history.keep"),
    ("A history of days before today.", document({"history": {"keep_days": -1}}), "collections.c.history.keep_days"),
    ("A history of half a day.", document({"history": {"keep_days": 0.5}}), "collections.c.history.keep_days"),
    ("A history of 36,501 days.", document({"history": {"keep_days": 36_501}}), "collections.c.history.keep_days"),
    ("A history of 1,000,001 ops.", document({"history": {"keep_ops": 1_000_001}}), "collections.c.history.keep_ops"),
    ("A history of ops that is null.", document({"history": {"keep_ops": None}}), "collections.c.history.keep_ops"),
    ("A journal that is a number.", conflicts(30), "conflicts"),
    ("A journal that is null.", conflicts(None), "conflicts"),
    ("A member of a journal that is not known.", conflicts({"keep_ops": 30}), "conflicts.keep_ops"),
    ("A journal of no day.", conflicts({"keep_days": 0}), "conflicts.keep_days"),
    ("A journal of 10,001 days.", conflicts({"keep_days": 10_001}), "conflicts.keep_days"),
    ("A journal of days that are a double.", conflicts({"keep_days": 30.0}), "conflicts.keep_days"),
    ("A journal of no entry.", conflicts({"keep": 0}), "conflicts.keep"),
    ("A journal of 100,001 entries.", conflicts({"keep": 100_001}), "conflicts.keep"),
    ("A journal of entries that are null.", conflicts({"keep": None}), "conflicts.keep"),
    ("The bounds of a journal inside a collection.", document({"conflicts": {"keep": 1}}),
     "collections.c.conflicts"),
    ("A collection of the engine's own.", {"name": "n", "version": 1, "collections": {"$conflicts": {}}},
     "collections.$conflicts"),
    ("A history of ops before the first.", document({"history": {"keep_ops": -1}}), "collections.c.history.keep_ops"),
    ("Groups that are an array.", document({"groups": []}), "collections.c.groups"),
    ("A group without fields.", document({"groups": {"g": {}}}), "collections.c.groups.g.fields"),
    ("A group of one part.", document({"groups": {"g": {"fields": ["a"]}}}), "collections.c.groups.g.fields"),
    ("A group of the same part twice.", document({"groups": {"g": {"fields": ["a", "a"]}}}),
     "collections.c.groups.g.fields"),
    ("A group whose part is a number.", document({"groups": {"g": {"fields": ["a", 1]}}}),
     "collections.c.groups.g.fields"),
    ("A member of a group that is not known.", document({"groups": {"g": {"fields": ["a", "b"], "merge": "lww"}}}),
     "collections.c.groups.g.merge"),
    ("A part in two groups.", document({"groups": {"g": {"fields": ["a", "b"]}, "h": {"fields": ["b", "d"]}}}),
     "collections.c.groups.h.fields"),
    ("A part that is a counter.", document(PART_FIELDS | {"fields": {"a": {"merge": "counter"}}}),
     "collections.c.groups.g.fields"),
    ("Indexes that are an array.", document({"indexes": []}), "collections.c.indexes"),
    ("An index that is an array of fields.", document({"indexes": {"i": ["a"]}}), "collections.c.indexes.i"),
    ("An index without fields.", document({"indexes": {"i": {}}}), "collections.c.indexes.i.fields"),
    ("An index of no field.", document({"indexes": {"i": {"fields": []}}}), "collections.c.indexes.i.fields"),
    ("An index of five fields.", document({"indexes": {"i": {"fields": list("abcde")}}}),
     "collections.c.indexes.i.fields"),
    ("An index of the same field twice.", document({"indexes": {"i": {"fields": ["a", "a"]}}}),
     "collections.c.indexes.i.fields"),
    ("An index of a field that is a number.", document({"indexes": {"i": {"fields": [1]}}}),
     "collections.c.indexes.i.fields"),
    ("An index of a field without a name.", document({"indexes": {"i": {"fields": [""]}}}),
     "collections.c.indexes.i.fields"),
    ("An index of a group.", document(PART_FIELDS | {"indexes": {"i": {"fields": ["g"]}}}),
     "collections.c.indexes.i.fields"),
    ("An index of a field with a strategy of the app's own.", document(
        {"fields": {"a": {"merge": "custom:mine"}}, "indexes": {"i": {"fields": ["a"]}}}),
     "collections.c.indexes.i.fields"),
    ("An index without a name.", document({"indexes": {"": {"fields": ["a"]}}}), "collections.c.indexes"),
    ("A member of an index that is not known.", document({"indexes": {"i": {"fields": ["a"], "unique": True}}}),
     "collections.c.indexes.i.unique"),
    ("Seventeen indexes.", document({"indexes": {f"i{number}": {"fields": ["a"]} for number in range(17)}}),
     "collections.c.indexes"),
    ("A group with the name of a field.", document(PART_FIELDS | {"fields": {"g": {}}}), "collections.c.groups.g"),
]


def schema_file():
    cases = []
    for name, good in GOOD:
        schema.check(good)
        cases.append({"name": name, "kind": "good", "schema": good, "digest": schema.digest(good).hex()})
    for name, bad, place in BAD:
        try:
            schema.check(bad)
            refused = None
        except schema.SchemaInvalid as invalid:
            refused = invalid.place
        agree(name, place, refused)
        cases.append({"name": name, "kind": "bad", "schema": bad, "error": "schema_invalid", "place": place})
    return {"description": "Schema documents, their digests and their faults.", "cases": cases}
