"""Another schema for a database that is full: what is accepted, what is refused, and a migration."""

import json

import pytest

from support.device import Device


def schema(fields, version=1):
    return {"name": "diary", "version": version, "collections": {"days": {"fields": fields}}}


def write_schema(folder, document, name=None):
    path = folder / (name or f"schema{document['version']}.json")
    path.write_text(json.dumps(document))
    return path


FIRST = schema({"water": {}, "mood": {"merge": "set"}})
COUNTED = schema({"water": {"merge": "counter"}, "mood": {"merge": "set"}}, 2)


@pytest.fixture
def diary(command, folder):
    device = Device(command, folder / "device")
    device.one("init", "--schema", write_schema(folder, FIRST))
    device.one("put", "days", "monday", "water=500", 'mood=["calm"]')
    return device


def test_a_schema_is_shown_with_version_digest_and_rules(diary):
    shown = diary.one("schema", "show")
    assert (shown["name"], shown["version"], len(shown["digest"])) == ("diary", 1, 32)
    assert shown["collections"]["days"]["fields"] == {"water": {"merge": "lww"}, "mood": {"merge": "set"}}
    assert shown["collections"]["days"]["delete"] == "edit_loses"


def test_a_changed_strategy_is_refused_with_both_digests_and_changes_nothing(diary, folder):
    counted = write_schema(folder, COUNTED)
    before = diary.one("schema", "show")
    message = diary.refused("schema", "set", counted, code="schema_changed")
    assert "days.water: lww becomes counter" in message and str(counted) in message and "--migrate" in message
    assert before["digest"] in message and "version 2 (digest " in message
    assert "days.water: lww becomes counter" in diary.refused("index", "--schema", counted, code="schema_changed")
    assert diary.one("schema", "show") == before
    assert diary.one("get", "days", "monday") == {"id": "monday", "mood": ["calm"], "water": 500}


def test_a_check_says_what_would_change_and_fails_for_what_is_refused(diary, folder):
    more = write_schema(folder, schema(FIRST["collections"]["days"]["fields"] | {"best": {"merge": "max"}}), "more.json")
    checked = diary.one("schema", "check", more)
    assert not checked["needs_migration"] and checked["before"]["version"] == 1
    assert checked["differences"] == [
        {"collection": "days", "name": "best", "part": "field", "before": "", "after": "max", "needs_migration": False}]
    diary.refused("schema", "check", write_schema(folder, COUNTED), code="schema_changed", prints=True)
    assert diary.one("schema", "set", more)["digest"] == checked["after"]["digest"]


def test_a_migration_carries_values_over_and_takes_in_later_ones(diary, folder):
    counted = write_schema(folder, COUNTED)
    migrated = diary.one("schema", "set", counted, "--migrate")
    assert migrated["version"] == 2
    assert migrated["migrated"] == [
        {"collection": "days", "field": "water", "before": "lww", "after": "counter", "carried": 1, "left": 0}]
    diary.one("inc", "days", "monday", "water", "20")
    assert diary.one("get", "days", "monday")["water"] == 520
    assert diary.one("schema", "set", counted, "--migrate")["migrated"] == []
    assert diary.one("get", "days", "monday") == {"id": "monday", "mood": ["calm"], "water": 520}


def test_a_rule_for_a_field_that_had_none_is_migrated_to_if_it_holds_values(command, folder):
    bare = Device(command, folder / "bare")
    bare.one("init")
    bare.one("put", "days", "monday", "water=500", "rest=1")
    counted = write_schema(folder, schema({"water": {"merge": "counter"}, "best": {"merge": "max"}}), "counted.json")
    message = bare.refused("schema", "set", counted, code="schema_changed")
    assert "days.water: lww becomes counter" in message and "best" not in message
    bare.refused("schema", "check", counted, code="schema_changed", prints=True)
    assert bare.one("get", "days", "monday")["water"] == 500
    assert bare.one("schema", "set", counted, "--migrate")["migrated"] == [
        {"collection": "days", "field": "water", "before": "lww", "after": "counter", "carried": 1, "left": 0}]
    assert bare.one("get", "days", "monday") == {"id": "monday", "rest": 1, "water": 500}


def test_parts_that_had_no_rule_are_all_read_in_their_group(command, folder):
    bare = Device(command, folder / "bare")
    bare.one("init")
    bare.one("put", "days", "monday", "low=1", "high=2")
    document = schema({})
    document["collections"]["days"]["groups"] = {"pressure": {"fields": ["low", "high"]}}
    grouped = write_schema(folder, document)
    bare.refused("schema", "set", grouped, code="schema_changed")
    bare.one("put", "days", "monday", "low=5", "high=2")
    bare.one("schema", "set", grouped, "--migrate")
    assert bare.one("get", "days", "monday") == {"id": "monday", "low": 5, "high": 2}


def test_an_older_file_is_refused_and_the_newer_schema_stays(diary, folder):
    newer = schema(FIRST["collections"]["days"]["fields"] | {"best": {"merge": "max"}}, 5)
    diary.one("schema", "set", write_schema(folder, newer))
    older = write_schema(folder, FIRST)
    assert "is older than the stored" in diary.refused("schema", "set", older, code="schema_changed")
    diary.refused("schema", "check", older, code="schema_changed", prints=True)
    assert diary.one("schema", "show")["version"] == 5


def test_init_where_there_is_a_database_names_the_command_to_use(diary, folder):
    message = diary.refused("init", "--schema", write_schema(folder, COUNTED), code="store_exists")
    assert "syncline schema set" in message


def test_an_error_in_a_file_names_the_file_and_the_field(diary, folder):
    wrong = write_schema(folder, schema({"plan": {"merge": "rga"}}, 3))
    for words in (("schema", "set", wrong), ("schema", "check", wrong), ("index", "--schema", wrong)):
        message = diary.refused(*words, code="schema_invalid")
        assert str(wrong) in message and "collections.days.fields.plan.merge" in message
