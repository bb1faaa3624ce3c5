"""What the words of a command line become: each reaches the command as it was given."""

import json

import pytest

from support.device import Device

SCHEMA = {
    "name": "words",
    "version": 1,
    "collections": {"c": {"fields": {"items": {"merge": "set"}, "steps": {"merge": "list"}, "n": {"merge": "counter"}}}},
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


def test_a_list_is_changed_by_indexes(untyped):
    untyped.one("insert", "c", "r", "steps", "0", "a", "[1]", "c")
    untyped.one("move", "c", "r", "steps", "0", "2")
    untyped.one("put_at", "c", "r", "steps", "1", '{"b":1}')
    untyped.one("add", "c", "r", "steps", "++")
    assert untyped.record("c", "r") == {"steps": [[1], {"b": 1}, "a", "++"]}
    untyped.one("remove_at", "c", "r", "steps", "1", "2")
    untyped.one("remove_at", "c", "r", "steps", "0")
    assert untyped.record("c", "r") == {"steps": ["++"]}


def test_an_index_beyond_a_list_is_named(untyped):
    untyped.one("add", "c", "r", "steps", "a")
    for words in (["insert", "2", "b"], ["move", "0", "1"], ["put_at", "1", "b"], ["remove_at", "0", "2"]):
        message = untyped.refused(words[0], "c", "r", "steps", *words[1:], code="invalid_argument")
        assert "steps" in message and "1" in message
    untyped.wrong_usage("insert", "c", "r", "steps", "-1", "b")
    untyped.wrong_usage("move", "c", "r", "steps", "0", "first")
    assert untyped.record("c", "r") == {"steps": ["a"]}


def test_after_two_dashes_an_item_may_look_like_an_option(untyped):
    untyped.one("add", "c", "r", "items", "--", "--json", "-x", "--", "[-1]")
    assert untyped.record("c", "r") == {"items": ["--", "--json", "-x", [-1]]}


@pytest.mark.parametrize(("word", "n"), [("010", 10), ("+5", 5), ("-7", -7), ("9223372036854775807", 2**63 - 1)])
def test_regression_a_counter_counts_in_decimal_digits(untyped, word, n):
    untyped.one("inc", "c", "r", "n", word)
    assert untyped.record("c", "r") == {"n": n}


@pytest.mark.parametrize(
    "word", ["0x10", "1e3", "1.5", " 5", "5 ", "", "+", "+-5", "99999999999999999999", "-9223372036854775809"]
)
def test_regression_what_is_no_number_of_64_bits_is_wrong_usage(untyped, word):
    untyped.wrong_usage("inc", "c", "r", "n", word)
    assert untyped.log() == []


@pytest.mark.parametrize("word", ["0x10", "1.5", "-1", "99999999999999999999999"])
def test_regression_a_limit_is_a_whole_number(untyped, word):
    for words in (["list", "c"], ["log"]):
        assert word in untyped.wrong_usage(*words, "--limit", word)


def test_regression_a_period_is_a_number(untyped):
    untyped.wrong_usage("sync", "watch", "--period", "nan")
