"""What the words of a command line become: each reaches the command as it was given."""

import json

import pytest

from support.device import Device

SCHEMA = {
    "name": "words",
    "version": 1,
    "collections": {"c": {"fields": {"items": {"merge": "set"}, "n": {"merge": "counter"}}}},
}


@pytest.fixture
def untyped(command, folder):
    """A device whose set takes any value."""
    (folder / "schema.json").write_text(json.dumps(SCHEMA))
    device = Device(command, folder / "device")
    device.one("init", "--schema", folder / "schema.json")
    return device


def test_regression_an_array_is_one_item_of_a_set(untyped):
    untyped.one("add", "c", "r", "items", '["a","b"]', "[]", "a")
    assert untyped.record("c", "r") == {"items": ["a", [], ["a", "b"]]}
    untyped.one("remove", "c", "r", "items", '["a"]')
    untyped.one("remove", "c", "r", "items", "[]")
    assert untyped.record("c", "r") == {"items": ["a", ["a", "b"]]}


def test_regression_brackets_around_words_are_part_of_them(untyped):
    untyped.one("put", "[c]", "[r]", "[a=1,b=2]")
    assert untyped.record("[c]", "[r]") == {"[a": "1,b=2]"}
    assert untyped.objects("list", "[c]", "--from", "[r]") == [{"id": "[r]", "[a": "1,b=2]"}]
    message = untyped.wrong_usage("get", "[c]", "[r]", "[s]")
    assert message.startswith("syncline: ") and "[s]" in message and "\0" not in message


def test_regression_two_plus_signs_are_an_item(untyped):
    untyped.one("add", "c", "r", "items", "++", "C++")
    assert untyped.record("c", "r") == {"items": ["++", "C++"]}


def test_after_two_dashes_an_item_may_look_like_an_option(untyped):
    untyped.one("add", "c", "r", "items", "--", "--json", "-x", "--", "[-1]")
    assert untyped.record("c", "r") == {"items": ["--", "--json", "-x", [-1]]}
