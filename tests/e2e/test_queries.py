"""Lists by an index: ranges, limits and cursors, and an index that is added to a database that is full."""

import json
import os
import pty
import subprocess

import pytest

from support.device import Device
from support.kills import Kills

ROWS = 20_000
BUILD_KILLS = 8


def schema(indexes, version=1, fields=None):
    collection = {"fields": fields or {}, "indexes": indexes}
    return {"name": "queries", "version": version, "collections": {"meals": collection}}


BY_DATE = {"by_date": {"fields": ["date"]}}
INDEXES = BY_DATE | {"by_kind_and_date": {"fields": ["kind", "date"]}, "by_tag": {"fields": ["tags"]}}


def write_schema(folder, document):
    path = folder / f"schema{document['version']}.json"
    path.write_text(json.dumps(document))
    return path


@pytest.fixture
def meals(command, folder):
    device = Device(command, folder / "device")
    device.one("init", "--schema", write_schema(folder, schema(INDEXES, fields={"tags": {"merge": "set"}})))
    for number, (kind, date) in enumerate(
        [("dinner", "2024-01-03"), ("lunch", "2024-01-01"), ("dinner", "2024-01-01"), ("lunch", "2024-01-02")]
    ):
        device.one("put", "meals", f"m{number}", f"kind={kind}", f"date={date}")
    return device


def ids(device, *words):
    return [record["id"] for record in device.objects("list", "meals", *words)]


def by_pages(device, *words, limit):
    """All names, from as many lists as it takes."""
    found, cursor = [], []
    while True:
        lines = device.objects("list", "meals", *words, "--limit", limit, *cursor)
        records = [line for line in lines if "id" in line]
        found += [record["id"] for record in records]
        assert len(records) <= limit
        if len(lines) == len(records):
            return found
        assert len(records) == limit and list(lines[-1]) == ["cursor"]
        cursor = ["--cursor", lines[-1]["cursor"]]


def test_a_list_by_an_index_is_in_its_order(meals):
    assert ids(meals, "--by", "by_date") == ["m1", "m2", "m3", "m0"]
    assert ids(meals, "--by", "by_date", "--reverse") == ["m0", "m3", "m2", "m1"]
    assert ids(meals, "--by", "by_date", "--from", "2024-01-02") == ["m3", "m0"]
    assert ids(meals, "--by", "by_date", "--to", "2024-01-02") == ["m1", "m2"]
    assert ids(meals, "--by", "by_date", "--from", "2024-01-02", "--to", "2024-01-03") == ["m3"]


def test_the_first_fields_can_be_given(meals):
    dinner = ["--by", "by_kind_and_date", "--equal", "dinner"]
    assert ids(meals, *dinner) == ["m2", "m0"]
    assert ids(meals, *dinner, "--from", "2024-01-02") == ["m0"]
    assert ids(meals, *dinner, "--equal", "2024-01-01") == ["m2"]


def test_a_record_is_found_by_each_item_of_a_set(meals):
    meals.one("add", "meals", "m1", "tags", "hot", "late")
    meals.one("add", "meals", "m3", "tags", "hot")
    assert ids(meals, "--by", "by_tag", "--equal", "hot") == ["m1", "m3"]
    assert ids(meals, "--by", "by_tag", "--equal", "late") == ["m1"]
    meals.one("remove", "meals", "m1", "tags", "hot")
    assert ids(meals, "--by", "by_tag", "--equal", "hot") == ["m3"]


def test_a_limit_ends_with_a_cursor(meals):
    for limit in (1, 2, 3, 4):
        assert by_pages(meals, "--by", "by_date", limit=limit) == ["m1", "m2", "m3", "m0"]
        assert by_pages(meals, "--by", "by_date", "--reverse", limit=limit) == ["m0", "m3", "m2", "m1"]
    shown = meals.run("list", "meals", "--by", "by_date", "--limit", 2, json_output=False)
    assert [line.split()[0] for line in shown.stdout.splitlines()] == ["m1", "m2"]
    assert shown.stderr.startswith("there are more, with --cursor ")
    cursor = shown.stderr.split()[-1]
    assert ids(meals, "--by", "by_date", "--cursor", cursor) == ["m3", "m0"]


def test_bounds_are_values(meals):
    meals.one("put", "meals", "number", "date=17")
    meals.one("put", "meals", "text", 'date="17"')
    assert ids(meals, "--by", "by_date", "--equal", "17") == ["number"]
    assert ids(meals, "--by", "by_date", "--equal", '"17"') == ["text"]
    assert ids(meals, "--by", "by_date", "--equal", "17.0") == ["number"]


def test_what_cannot_be_answered_is_an_error(meals):
    assert "meals.by_name" in meals.refused("list", "meals", "--by", "by_name", code="not_found")
    meals.refused("list", "meals", "--by", "by_date", "--cursor", "x", code="cursor_malformed")
    meals.refused("list", "meals", "--by", "by_date", "--from", "[1]", code="invalid_argument")
    meals.refused("list", "meals", "--by", "by_date", "--equal", "1", "--equal", "2", code="invalid_argument")
    assert "--by" in meals.wrong_usage("list", "meals", "--cursor", "x")
    assert "--by" in meals.wrong_usage("list", "meals", "--equal", "x")
    assert "--prefix" in meals.wrong_usage("list", "meals", "--by", "by_date", "--prefix", "m")


def fill(command, folder, rows):
    """A database without an index, and the schema that declares one."""
    device = Device(command, folder / "device")
    device.one("init", "--schema", write_schema(folder, schema({})))
    with open(folder / "rows.csv", "w", encoding="utf-8") as file:
        file.write("id,date\n")
        file.writelines(f"{number:06},{number * 7919 % rows}\n" for number in range(rows))
    device.one("import", "meals", folder / "rows.csv", "--id", "id")
    return device, write_schema(folder, schema(BY_DATE, version=2))


def test_an_index_is_built_where_it_was_added(command, folder):
    device, with_index = fill(command, folder, 500)
    device.refused("list", "meals", "--by", "by_date", code="not_found")
    assert device.one("index", "--schema", with_index) == {"collection": "meals", "index": "by_date", "state": "built"}
    dates = [record["date"] for record in device.objects("list", "meals", "--by", "by_date")]
    assert dates == list(range(500))
    assert device.one("index")["state"] == "built"
    shown = device.run("index", json_output=False)
    assert shown.stdout == "meals.by_date  built\n"


def test_a_schema_that_declares_an_index_no_more_removes_it(command, folder):
    device, with_index = fill(command, folder, 50)
    device.one("index", "--schema", with_index)
    assert device.objects("index", "--schema", write_schema(folder, schema({}, version=3))) == []
    device.refused("list", "meals", "--by", "by_date", code="not_found")
    assert len(device.objects("list", "meals")) == 50


def test_showing_indexes_changes_nothing(command, folder):
    device, with_index = fill(command, folder, 5)
    assert device.objects("index", "--show") == []
    device.wrong_usage("index", "--show", "--schema", with_index)
    assert device.objects("index", "--show") == []
    device.one("index", "--schema", with_index)
    assert device.one("index", "--show") == {"collection": "meals", "index": "by_date", "state": "built"}


def test_a_schema_with_an_error_changes_nothing(command, folder):
    device, with_index = fill(command, folder, 5)
    broken = folder / "broken.json"
    broken.write_text(json.dumps(schema({"by_date": {"fields": []}}, version=3)))
    message = device.refused("index", "--schema", broken, code="schema_invalid")
    assert "collections.meals.indexes.by_date.fields" in message
    device.one("index", "--schema", with_index)


def test_a_build_that_is_killed_goes_on_and_a_list_finishes_it(command, folder):
    kills = Kills()
    attempt = 0
    while not kills.enough("build", BUILD_KILLS):
        attempt += 1
        assert attempt < 20 * BUILD_KILLS, "the kills come too late, or never inside the work"
        place = folder / str(attempt)
        place.mkdir()
        device, with_index = fill(command, place, ROWS)
        hit = kills.strikes_command("build", device.start("index", "--schema", with_index))
        if not hit:
            continue
        states = [index["state"] for index in device.objects("index", "--show")]
        assert states in ([], ["building"], ["built"])
        if not states:  # it had not come to the schema
            device.refused("list", "meals", "--by", "by_date", code="not_found")
            continue
        kills.left("build", 1 + (states == ["built"]), 2)
        device.one("put", "meals", "000000", "date=-1")
        dates = [record["date"] for record in device.objects("list", "meals", "--by", "by_date")]
        assert dates == [-1, *range(1, ROWS)]


def read_terminal(file):
    """All that was written to the other end, which is closed."""
    shown = b""
    try:
        while part := os.read(file, 10_000):
            shown += part
    except OSError:  # so a terminal says that nobody writes any more
        pass
    os.close(file)
    return shown.decode()


def test_a_bar_shows_how_far_the_build_has_come(command, folder):
    device, with_index = fill(command, folder, 5_000)
    parent, child = pty.openpty()
    done = subprocess.run(
        [command, "--data", device.folder, "index", "--schema", with_index],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=child, check=True,
    )
    os.close(child)
    shown = read_terminal(parent)
    assert done.stdout == b"meals.by_date  built\n"
    assert "building meals.by_date [" in shown and "100%" in shown
