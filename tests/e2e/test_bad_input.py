"""What the command refuses, and how: exit code, message, and that nothing of it is written."""

import json

import pytest

from support.device import Device


def refused_write(device, *words, code):
    """A write that has to fail, and to leave no trace; returns the message."""
    before = device.log()
    message = device.refused(*words, code=code)
    assert device.log() == before
    return message


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("name={", "json_malformed"),
        ("name=[1,]", "json_malformed"),
        ('name="open', "json_malformed"),
        ("name.k=1", "wrong_strategy"),
    ],
)
def test_a_put_of_a_value_that_cannot_be_read_is_refused(device, word, code):
    refused_write(device, "put", "meals", "soup", word, code=code)


@pytest.mark.parametrize(
    ("word", "why"),
    [("=1", '"=1" is not FIELD=JSON'), ("name", '"name" is not FIELD=JSON')],
)
def test_a_put_of_what_is_no_field_is_a_wrong_command_line(device, word, why):
    assert why in device.wrong_usage("put", "meals", "soup", word)
    assert device.log() == []


def test_one_bad_field_keeps_the_whole_put_from_being_written(device):
    message = refused_write(device, "put", "meals", "soup", "name=soup", "calories=many", code="type_mismatch")
    assert "calories" in message and "many" in message


@pytest.mark.parametrize(
    ("collection", "word", "type_name"),
    [
        ("meals", "calories=lots", "number"),
        ("meals", "calories=true", "number"),
        ("meals", "hunger_before=1.5", "integer"),
        ("meals", "hunger_before=2.0", "integer"),
        ("meals", "name=12", "string"),
        ("meals", "deleted=1", "boolean"),
        ("progress_photos", "image=raw", "bytes"),
        ("health_metrics", "systolic=high", "integer"),
        ("health_metrics", "lowest_heart_rate=low", "integer"),
        ("health_metrics", "water_intake_ml=0.5", "integer"),
        ("health_metrics", 'body_measurements={"waist":"wide"}', "number"),
        ("medications", "side_effects=[1]", "string"),
    ],
)
def test_a_value_of_another_type_than_the_schema_says_is_refused(device, collection, word, type_name):
    message = refused_write(device, "put", collection, "one", word, code="type_mismatch")
    assert word.split("=")[0] in message
    assert type_name in message or "whole number" in message or "int64" in message


@pytest.mark.parametrize("number", ["9223372036854775808", "-9223372036854775809", "1e999"])
def test_a_number_out_of_range_is_refused_and_not_rounded(device, number):
    message = refused_write(device, "put", "journal", "one", f"n={number}", code="number_out_of_range")
    assert "field n: " in message


def test_the_largest_and_the_least_integer_are_kept_exactly(device):
    device.one("put", "journal", "one", "most=9223372036854775807", "least=-9223372036854775808")
    assert device.record("journal", "one") == {"least": -(2**63), "most": 2**63 - 1}


@pytest.mark.parametrize(
    ("collection", "record", "word"),
    [
        ("c" * 65, "one", "f=1"),
        ("journal", "r" * 129, "f=1"),
        ("journal", "one", f"{'f' * 65}=1"),
        ("health_metrics", "one", f"body_measurements.{'k' * 241}=1"),
        ("é" * 33, "one", "f=1"),
    ],
    ids=["collection", "record", "field", "key_of_a_map", "bytes_and_not_characters"],
)
def test_a_name_that_is_too_long_is_refused(device, collection, record, word):
    refused_write(device, "put", collection, record, word, code="key_too_long")


def test_names_of_exactly_the_limit_are_accepted(device):
    device.one("put", "c" * 64, "r" * 128, f"{'f' * 64}=1")
    device.one("put", "health_metrics", "one", f"body_measurements.{'k' * 240}=1")
    assert device.record("c" * 64, "r" * 128) == {"f" * 64: 1}


@pytest.mark.parametrize(
    ("collection", "record", "word"),
    [("", "one", "f=1"), ("journal", "", "f=1"), ("journal", "a\nb", "f=1"), ("journal", "one", "a\tb=1")],
    ids=["no_collection", "no_record", "control_character_in_a_record", "control_character_in_a_field"],
)
def test_a_name_that_is_empty_or_has_control_characters_is_refused(device, collection, record, word):
    refused_write(device, "put", collection, record, word, code="key_malformed")


def test_a_value_of_exactly_the_limit_is_accepted_and_one_byte_more_is_not(device):
    longest = 65_536 - 1 - 3  # the tag, and a length that takes three bytes
    device.one("put", "journal", "one", f"text={'x' * longest}")
    refused_write(device, "put", "journal", "one", f"text={'x' * (longest + 1)}", code="value_too_large")
    assert device.record("journal", "one") == {"text": "x" * longest}


def test_a_value_that_nests_too_deep_is_refused(device):
    device.one("put", "journal", "one", f"tree={'[' * 16}{']' * 16}")
    refused_write(device, "put", "journal", "one", f"tree={'[' * 17}{']' * 17}", code="value_too_deep")
    refused_write(device, "put", "journal", "one", f"tree={'[' * 9000}{']' * 9000}", code="value_too_deep")


def test_text_that_is_not_utf8_is_refused(device):
    word = b"text=\xff".decode("utf-8", "surrogateescape")
    refused_write(device, "put", "journal", "one", word, code="string_not_utf8")


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (["inc", "meals", "soup", "calories", "1"], "calories"),
        (["add", "meals", "soup", "name", "x"], "name"),
        (["remove", "health_metrics", "one", "steps", "1"], "steps"),
        (["put", "meals", "soup", "name.key=1"], "name"),
    ],
)
def test_a_change_that_the_fields_rule_does_not_offer_is_refused(device, words, field):
    assert field in refused_write(device, *words, code="wrong_strategy")


def test_a_counter_that_would_overflow_is_refused(device):
    device.one("inc", "health_metrics", "day", "water_intake_ml", str(2**63 - 1))
    refused_write(device, "inc", "health_metrics", "day", "water_intake_ml", "1", code="counter_overflow")


@pytest.mark.parametrize("verb", ["get", "delete"])
def test_a_record_that_does_not_exist_is_named(device, verb):
    message = refused_write(device, verb, "meals", "nothing", code="not_found")
    assert "nothing" in message and "meals" in message


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["frobnicate"],
        ["put"],
        ["put", "meals"],
        ["put", "meals", "soup", "name"],
        ["inc", "meals", "soup", "calories", "many"],
        ["add", "medications", "pill", "side_effects"],
        ["get", "meals"],
        ["list", "meals", "--limit", "-1"],
        ["list", "meals", "--sideways"],
        ["import", "meals", "rows.csv"],
        ["account"],
        ["account", "login", "--email", "a@example.org"],
        ["sync"],
        ["sync", "sometimes"],
        ["sync", "watch", "--period", "0"],
        ["log", "--limit", "some"],
    ],
    ids=lambda words: "_".join(words) or "nothing",
)
def test_a_wrong_command_line_exits_2(device, words):
    device.wrong_usage(*words)


def test_without_a_folder_the_usage_is_wrong(command):
    device = Device(command, "unused")
    device.arguments = lambda *words, json_output=True: [str(command), *words]
    device.wrong_usage("status")


def test_a_folder_without_a_database_is_an_operating_error(command, folder):
    device = Device(command, folder / "nothing")
    for words in (["status"], ["get", "a", "b"], ["put", "a", "b", "c=1"], ["export"], ["log"], ["sync", "once"]):
        assert str(device.folder) in device.refused(*words, code="store_missing")
    assert not device.folder.exists()


@pytest.mark.parametrize(
    "words",
    [
        ["put", "meals", "soup", "name"],
        ["put", "meals", "soup", "=1"],
        ["import", "meals", "rows.csv"],
        ["account", "login", "--server", "https://localhost", "--email", "a@example.org"],
    ],
    ids=lambda words: "_".join(words[:1] + words[3:4]),
)
def test_regression_wrong_usage_is_told_before_the_database_is_opened(command, folder, words):
    Device(command, folder / "nothing").wrong_usage(*words)


def test_a_file_in_place_of_the_folder_is_an_operating_error(command, folder):
    (folder / "file").write_text("not a database")
    for words in (["status"], ["init"]):
        outcome = Device(command, folder / "file").run(*words)
        assert outcome.exit_code == 1 and outcome.stdout == "" and outcome.stderr.startswith("syncline: ")
    assert (folder / "file").read_text() == "not a database"


def schema(**collections):
    return {"name": "health", "version": 1, "collections": collections}


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ({**schema(), "colections": {}}, "colections"),
        (schema(meals={"feilds": {}}), "collections.meals.feilds"),
        (schema(meals={"fields": {"name": {"mrege": "lww"}}}), "collections.meals.fields.name.mrege"),
        (schema(meals={"fields": {"name": {"merge": "newest"}}}), "collections.meals.fields.name.merge"),
        (schema(meals={"fields": {"name": {"type": "text"}}}), "collections.meals.fields.name.type"),
        (schema(meals={"delete": "never"}), "collections.meals.delete"),
        (schema(meals={"groups": {"g": {"fields": ["one"]}}}), "collections.meals.groups.g"),
        (schema(meals={"groups": {"g": {"fields": ["a", "b"], "merge": "lww"}}}), "collections.meals.groups.g.merge"),
        (
            schema(meals={"fields": {"a": {"merge": "max"}}, "groups": {"g": {"fields": ["a", "b"]}}}),
            "collections.meals.groups.g",
        ),
        ({"version": 1, "collections": {}}, "name"),
        ({"name": "health", "version": 0, "collections": {}}, "version"),
        ({"name": "health", "version": 1}, "collections"),
    ],
)
def test_a_schema_with_an_error_names_the_place_and_creates_nothing(command, folder, document, place):
    file = folder / "schema.json"
    file.write_text(json.dumps(document))
    device = Device(command, folder / "device")
    assert place in device.refused("init", "--schema", file, code="schema_invalid")
    assert not device.folder.exists()


def test_a_schema_that_is_not_json_or_not_there_creates_nothing(command, folder):
    device = Device(command, folder / "device")
    (folder / "schema.json").write_text('{"name": "health"')
    device.refused("init", "--schema", folder / "schema.json", code="json_malformed")
    device.refused("init", "--schema", folder / "nothing.json", code="store_io")
    assert not device.folder.exists()


def test_regression_a_folder_in_place_of_a_file_is_an_operating_error(command, device, folder):
    words = ("account", "login", "--server", "https://localhost", "--email", "a@example.org", "--password-file", folder)
    for message in (
        Device(command, folder / "new").refused("init", "--schema", folder, code="store_io"),
        device.refused(*words, code="store_io"),
    ):
        assert f"cannot read {folder}" in message


def test_regression_a_command_that_there_is_not_is_named(device):
    assert "frobnicate" in device.wrong_usage("frobnicate")
    assert "sometimes" in device.wrong_usage("sync", "sometimes")
    assert "--sideways" in device.wrong_usage("list", "--sideways")


def test_without_json_errors_are_on_stderr_too(device):
    outcome = device.run("get", "meals", "nothing", json_output=False)
    assert outcome.exit_code == 1
    assert outcome.stdout == ""
    assert "there is no record nothing in meals" in outcome.stderr
