"""What an import makes of files, good and bad ones."""

import json

import pytest

from support.device import Device
from support.terminal import assert_bar, on_a_terminal


@pytest.fixture
def write(folder):
    def make(name, content):
        path = folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return make


def rows(device, collection="journal"):
    found = {}
    for record in device.objects("list", collection):
        found[record.pop("id")] = record
    return found


def test_numbers_and_booleans_of_a_csv_file_are_recognised(device, write):
    cells = "id,a,b,c,d,e,f,g\n1,42,-1.5,true,FALSE,1e3,007,4/12/2016\n"
    device.one("import", "journal", write("rows.csv", cells), "--id", "id")
    assert rows(device) == {
        "1": {"a": 42, "b": -1.5, "c": True, "d": False, "e": 1000.0, "f": "007", "g": "4/12/2016"}
    }


def test_a_number_in_a_field_that_the_schema_calls_a_string_stays_text(device, write):
    device.one("import", "meals", write("rows.csv", "id,name,calories\n1,12,34\n"), "--id", "id")
    assert rows(device, "meals") == {"1": {"calories": 34, "name": "12"}}


def test_empty_cells_and_empty_lines_write_nothing(device, write):
    file = write("rows.csv", "id,a,b\n1,,x\n\n2,y,\n")
    assert device.one("import", "journal", file, "--id", "id") == {"rows": 2, "written": 2}
    assert rows(device) == {"1": {"b": "x"}, "2": {"a": "y"}}


def test_an_empty_cell_leaves_what_was_there(device, write):
    device.one("put", "journal", "1", "a=kept")
    device.one("import", "journal", write("rows.csv", "id,a,b\n1,,x\n"), "--id", "id")
    assert rows(device) == {"1": {"a": "kept", "b": "x"}}


def test_quoted_cells_hold_commas_quotes_and_lines(device, write):
    file = write("rows.csv", 'id,text,more\n1,"a, ""b""\nc","x"\n2,plain,y\n')
    device.one("import", "journal", file, "--id", "id")
    assert rows(device) == {"1": {"more": "x", "text": 'a, "b"\nc'}, "2": {"more": "y", "text": "plain"}}


def test_lines_that_end_in_crlf_and_a_byte_order_mark_are_understood(device, write):
    file = write("rows.csv", b"\xef\xbb\xbfid,a,b\r\n1,x,2\r\n2,y,3\r\n")
    device.one("import", "journal", file, "--id", "id")
    assert rows(device) == {"1": {"a": "x", "b": 2}, "2": {"a": "y", "b": 3}}


def test_a_quoted_header_behind_a_byte_order_mark_is_understood(device, write):
    file = write("rows.csv", b'\xef\xbb\xbf"id","a"\r\n"1","x"\r\n')
    device.one("import", "journal", file, "--id", "id")
    assert rows(device) == {"1": {"a": "x"}}


def test_the_last_line_needs_no_end(device, write):
    device.one("import", "journal", write("rows.csv", "id,a\n1,x\n2,y"), "--id", "id")
    assert rows(device) == {"1": {"a": "x"}, "2": {"a": "y"}}


def test_several_columns_name_a_record(device, write):
    device.one("import", "journal", write("rows.csv", "person,day,a\np,1,x\np,2,y\n"), "--id", "person,day")
    assert rows(device) == {"p,1": {"a": "x", "day": 1, "person": "p"}, "p,2": {"a": "y", "day": 2, "person": "p"}}


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("", "line 1", "no header"),
        ("name,a\n1,x\n", "line 1", '"id"'),
        ("id,a,a\n1,x,y\n", "line 1", '"a" is there twice'),
        ("id,a\n1,x\n2\n", "line 3", "1 cells"),
        ("id,a\n1,x\n2,y,z\n", "line 3", "3 cells"),
        ('id,a\n1,x\n2,"open\n3,y\n', "line 3", "does not end"),
        ("id,a\n1,x\n,y\n", "line 3", "is empty"),
        (f"id,a\n1,x\n{'r' * 129},y\n", "line 3", "key_too_long"),
        (b"id,a\n1,x\n2,\xff\n", "line 3", "UTF-8"),
    ],
    ids=["empty", "no_id", "twice", "short", "long", "open_quote", "no_name", "long_name", "not_utf8"],
)
def test_a_bad_csv_file_is_refused_with_its_line_and_writes_nothing(device, write, content, line, words):
    outcome = device.run("import", "journal", write("rows.csv", content), "--id", "id")
    assert outcome.exit_code == 1 and outcome.stdout == ""
    assert line in outcome.stderr and words in outcome.stderr, outcome.stderr
    assert device.log() == []


@pytest.mark.parametrize(
    ("last", "words"),
    [
        ('{"id":"x","a":', "JSON"),
        ('{"a":1}', '"id"'),
        ('{"id":1,"a":1}', '"id"'),
        ('{"id":"x","collection":1}', '"collection"'),
        ('{"id":"x","$fields":1}', '"$fields"'),
        ('{"id":"x","a":1,"$fields":{"a":2}}', '"a" is there twice'),
        ("[1]", "not a JSON object"),
        ('{"id":"x","collection":"other"}', '"other"'),
        ('{"id":"x","n":99999999999999999999}', "64 bits"),
        ('{"id":"x","a":1,"a":2}', "twice"),
    ],
)
def test_a_bad_line_of_ndjson_is_named_and_the_commits_before_it_are_kept(device, write, last, words):
    good = [json.dumps({"id": f"{number:05}", "a": number}) for number in range(2_500)]
    file = write("rows.ndjson", "\n".join([*good, last]) + "\n")
    outcome = device.run("import", "journal", file)
    assert outcome.exit_code == 1 and outcome.stdout == ""
    assert "line 2501" in outcome.stderr and words in outcome.stderr, outcome.stderr
    assert "2000 rows" in outcome.stderr
    assert sorted(rows(device)) == [f"{number:05}" for number in range(2_000)]


def test_a_value_of_a_wrong_type_is_named_with_its_line(device, write):
    message = device.refused(
        "import", "meals", write("rows.csv", "id,calories\n1,10\n2,many\n"), "--id", "id", code="type_mismatch"
    )
    assert "line 3" in message and "calories" in message
    assert device.log() == []


def test_ndjson_of_all_collections_needs_to_name_them(device, write):
    message = device.refused("import", "*", write("rows.ndjson", '{"id":"x"}\n'), code="invalid_argument")
    assert "line 1" in message and '"collection"' in message


RAW_SCHEMA = {
    "name": "later",
    "version": 1,
    "collections": {"c": {"fields": {name: {"merge": "custom:unknown"} for name in ("f", "id")}}},
}


def slots_of(raw):
    """Raw slots without their stamps, which an import makes anew."""
    return {name: [{k: v for k, v in slot.items() if k != "stamp"} for slot in value["$slots"]] for name, value in raw.items()}


def test_what_no_strategy_understands_is_exported_and_imported_without_a_loss(command, folder, write):
    schema = write("later.json", json.dumps(RAW_SCHEMA))
    deep = "x"
    for _ in range(16):
        deep = [deep]
    slots = [{"element": {"$bytes": ""}, "value": deep}, {"element": {"$bytes": "AAE="}}]
    line = json.dumps({"id": "1", "f": {"$slots": slots}, "$fields": {"id": {"$slots": slots}}})
    here, there = (Device(command, folder / name) for name in ("here", "there"))
    for device in (here, there):
        device.one("init", "--schema", schema)
    assert here.one("import", "c", write("rows.ndjson", line)) == {"rows": 1, "written": 1}
    exported = here.run("export").stdout
    fields = json.loads(exported)
    assert slots_of({"f": fields["f"], **fields["$fields"]}) == {"f": slots, "id": slots}
    file = write("export.ndjson", exported)
    assert here.one("import", "*", file) == {"rows": 1, "written": 0}
    assert there.one("import", "*", file) == {"rows": 1, "written": 1}
    again = json.loads(there.run("export").stdout)
    assert slots_of({"f": again["f"], **again["$fields"]}) == {"f": slots, "id": slots}
    assert here.refused("put", "c", "1", "f=1", code="strategy_missing").count("unknown") == 1


def test_a_file_that_is_not_there_is_an_operating_error(device, folder):
    message = device.refused("import", "journal", folder / "nothing.ndjson", code="store_io")
    assert "nothing.ndjson" in message


def test_importing_a_folder_is_an_operating_error(device, folder):
    device.refused("import", "journal", folder, code="store_io")


@pytest.mark.parametrize("options", [[], ["--id", "id"]], ids=["ndjson", "csv"])
def test_regression_a_file_that_fails_while_it_is_read_is_an_operating_error(device, options):
    # Its first page is not there, so that reading it fails as a broken disk does.
    message = device.refused("import", "journal", "/proc/self/mem", *options, code="store_io")
    assert "cannot be read" in message


@pytest.mark.parametrize("kind", ["csv", "ndjson"])
def test_a_second_import_of_a_file_writes_nothing(device, write, kind):
    if kind == "csv":
        words = ("import", "meals", write("rows.csv", "id,name,calories\n1,soup,320\n2,stew,410.5\n"), "--id", "id")
    else:
        line = {
            "id": "day",
            "systolic": 120,
            "diastolic": 80,
            "water_intake_ml": 500,
            "lowest_heart_rate": 50,
            "body_measurements": {"waist": 80},
            "steps": 5,
        }
        words = ("import", "health_metrics", write("rows.ndjson", json.dumps(line) + "\n"))
    device.one(*words)
    before = device.log()
    assert device.one(*words)["written"] == 0
    assert device.log() == before


def test_regression_a_value_as_deep_as_there_may_be_survives_an_export_and_an_import(device, folder, write):
    deepest = "[" * 16 + "]" * 16
    device.one("put", "journal", "one", f"a={deepest}")
    exported = device.export()
    device.one("delete", "journal", "one")
    assert device.one("import", "*", write("rows.ndjson", exported)) == {"rows": 1, "written": 1}
    assert device.export() == exported
    too_deep = write("deeper.ndjson", exported.replace(deepest, f"[{deepest}]"))
    assert "line 1" in device.refused("import", "*", too_deep, code="value_too_deep")


def test_regression_a_byte_order_mark_before_ndjson_is_passed_over(device, write):
    device.one("import", "journal", write("rows.ndjson", b'\xef\xbb\xbf{"id":"one","a":1}\r\n'))
    assert rows(device) == {"one": {"a": 1}}
    assert device.one("import", "journal", write("empty.ndjson", b"\xef\xbb\xbf")) == {"rows": 0, "written": 0}


def test_regression_a_row_that_changes_nothing_is_not_counted_as_written(device, write):
    device.one("put", "medications", "pill", 'side_effects=["a","b"]', "name=x")
    device.one("put", "health_metrics", "day", "lowest_heart_rate=50")
    before = device.log()
    lines = [
        {"id": "pill", "collection": "medications", "side_effects": ["b", "a", "b"]},
        {"id": "day", "collection": "health_metrics", "body_measurements": {}, "lowest_heart_rate": 60},
    ]
    file = write("rows.ndjson", "".join(json.dumps(line) + "\n" for line in lines))
    assert device.one("import", "*", file) == {"rows": 2, "written": 0}
    assert device.log() == before


def test_regression_an_emptied_set_is_imported_once(device, command, folder, health_schema):
    device.one("add", "medications", "pill", "side_effects", "rash")
    device.one("remove", "medications", "pill", "side_effects", "rash")
    device.one("put", "health_metrics", "day", "body_measurements.waist=80")
    device.one("put", "health_metrics", "day", "body_measurements={}")
    assert '"side_effects":[]' in device.export() and '"body_measurements":{}' in device.export()
    (folder / "all.ndjson").write_text(device.export())

    other = Device(command, folder / "other")
    other.one("init", "--schema", health_schema)
    assert other.one("import", "*", folder / "all.ndjson") == {"rows": 2, "written": 2}
    assert other.one("import", "*", folder / "all.ndjson") == {"rows": 2, "written": 0}


def test_every_merge_rule_survives_an_export_and_an_import(device, command, folder, health_schema):
    device.one("put", "health_metrics", "day", "systolic=120", "diastolic=80", "body_measurements.waist=80.5")
    device.one("put", "health_metrics", "day", "lowest_heart_rate=50", 'mood=so "so"')
    device.one("put", "health_metrics", "day", "notes=one\n\ntwo")
    device.one("inc", "health_metrics", "day", "water_intake_ml", "-250")
    device.one("add", "medications", "pill", "side_effects", "b", "a", "ü")
    device.one("put", "meals", "soup", 'ingredients=[{"name":"leek","grams":1e2},null,[]]', "deleted=false")
    device.one("put", "progress_photos", "one", 'image={"$bytes":"AAEC/w=="}')
    device.one("put", "journal", "only a name")
    exported = device.export()
    (folder / "all.ndjson").write_text(exported)

    other = Device(command, folder / "other")
    other.one("init", "--schema", health_schema)
    other.one("import", "*", folder / "all.ndjson")

    assert other.export() == exported


def test_a_long_import_shows_a_bar_on_a_terminal_and_clears_it(device, write):
    file = write("rows.csv", "id,a\n" + "".join(f"{number},{number}\n" for number in range(5_000)))

    stdout, shown = on_a_terminal(device, "import", "journal", file, "--id", "id")

    assert stdout == "imported 5000 rows, 5000 of them new or changed\n", "the bar is not on stdout"
    assert_bar(shown, "importing")


def test_a_long_import_shows_no_bar_where_nobody_looks(device, write):
    file = write("rows.csv", "id,a\n" + "".join(f"{number},{number}\n" for number in range(5_000)))
    outcome = device.run("import", "journal", file, "--id", "id", json_output=False)
    assert outcome.stdout == "imported 5000 rows, 5000 of them new or changed\n"
    assert outcome.stderr == ""


@pytest.fixture
def many(device, write):
    """A device with 5,000 records of two collections, some of them deleted."""
    lines = [{"id": f"{number:05}", "collection": f"c{number % 2}", "a": number} for number in range(5_000)]
    device.one("import", "*", write("rows.ndjson", "".join(json.dumps(line) + "\n" for line in lines)))
    for number in range(0, 100, 5):
        device.one("delete", f"c{number % 2}", f"{number:05}")
    return device


@pytest.mark.parametrize("collection", [(), ("c1",)], ids=["all", "one"])
def test_a_long_export_shows_a_bar_on_a_terminal_and_clears_it(many, collection):
    stdout, shown = on_a_terminal(many, "export", *collection)
    assert stdout == many.export(*collection), "the bar is not on stdout"
    assert_bar(shown, "exporting")


def test_a_long_export_shows_no_bar_where_nobody_looks(many):
    outcome = many.run("export", json_output=False)
    assert len(outcome.stdout.splitlines()) == 4_980
    assert outcome.stderr == ""


def reimported(device, command, folder, *collection):
    """What another device holds after it imported this one's export."""
    (folder / "export.ndjson").write_text(device.export(*collection))
    other = Device(command, folder / "other")
    other.one("init")
    other.one("import", collection[0] if collection else "*", folder / "export.ndjson")
    return other


# An export failed at the first record with such a field, although every way to write one was open.
@pytest.mark.parametrize("collection", [(), ("journal",)], ids=["all", "one"])
@pytest.mark.parametrize("name", ["id", "collection", "$fields"])
@pytest.mark.parametrize("value", ['"text"', "5", "null", '{"id":"x"}', '{"$bytes":"AAEC/w=="}'])
def test_regression_a_field_of_any_name_survives_an_export_and_an_import(
    device, command, folder, collection, name, value
):
    device.one("put", "journal", "before", "a=1")
    device.one("put", "journal", "one", f"{name}={value}")
    device.one("put", "journal", "two", f"{name}={value}", "a=1")
    exported = device.export(*collection)
    assert len(exported.splitlines()) == 3
    other = reimported(device, command, folder, *collection)
    assert other.export(*collection) == exported
    assert other.run("get", "journal", "one", json_output=False).stdout == f"{name} = {value}\n"


def test_regression_a_csv_column_named_id_that_does_not_name_the_record_survives(device, command, folder, write):
    file = write("rows.csv", "person,id,collection\np,7,shelf\n")
    device.one("import", "journal", file, "--id", "person")
    other = reimported(device, command, folder)
    assert other.export() == device.export() == (
        '{"id":"p","collection":"journal","person":"p","$fields":{"collection":"shelf","id":7}}\n'
    )


def test_the_members_of_fields_are_fields_whatever_their_names(device, write):
    line = '{"id":"x","$fields":{"id":"y","collection":"z","$fields":{"id":1},"plain":2}}\n'
    device.one("import", "journal", write("rows.ndjson", line))
    assert device.record("journal", "x") == {
        "plain": 2,
        "$fields": {"id": "y", "collection": "z", "$fields": {"id": 1}},
    }


# A line nests a level deeper than the value in it, and was refused for that.
@pytest.mark.parametrize("name", ["a", "id"])
def test_regression_a_value_as_deep_as_a_value_may_be_survives(device, command, folder, name):
    deep = "[" * 16 + "1" + "]" * 16
    device.one("put", "journal", "one", f"{name}={deep}")
    assert reimported(device, command, folder).export() == device.export()


def test_a_value_that_is_too_deep_is_named_with_its_line(device, write):
    deep = "[" * 17 + "1" + "]" * 17
    file = write("rows.ndjson", '{"id":"x"}\n{"id":"y","a":' + deep + "}\n")
    assert "line 2" in device.refused("import", "journal", file, code="value_too_deep")
