"""The command line that scripts rely on: commands, options, and the shape of what --json prints."""

import os
import re
import signal
import subprocess
import sys

import pytest

from support.account import sync_all
from support.device import Device
from support.help import commands_in, help_of, options_in

# Every command there is, in the order of the help. A new one belongs here and in docs/cli.md.
COMMANDS = """
init put clear inc add remove get list delete insert move put_at remove_at index
schema schema_show schema_check schema_set
aside aside_list aside_retry aside_discard
conflicts conflicts_list conflicts_restore conflicts_dismiss
import export
account account_register account_login account_logout
sync sync_enable sync_disable sync_once sync_watch
log status backup restore compact verify doctor simulate
"""
WITH_COMMANDS = {"schema", "aside", "conflicts", "account", "sync"}


def all_words(command):
    """The words of every command, as the helps list them."""
    found = []
    for name in commands_in(help_of(command)):
        found.append([name])
        found += [[name, inner] for inner in commands_in(help_of(command, name))]
    return found


def words_of(name):
    """put_at is one word and sync_once two."""
    first, _, rest = name.partition("_")
    return [first, rest] if first in WITH_COMMANDS and rest else [name]


LISTED = [words_of(name) for name in COMMANDS.split()]


@pytest.mark.parametrize("words", [[], *LISTED], ids=lambda words: "_".join(words) or "the_program")
def test_help_is_on_stdout_and_exits_0(command, words):
    done = subprocess.run([command, *words, "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert " ".join(["Usage: syncline", *words]) in done.stdout
    assert done.stderr == ""


def test_the_helps_name_every_command_and_no_other(command):
    assert all_words(command) == LISTED


# docs/cli.md has a heading a command, and a section that names what the command takes as it does.
def sections(root):
    text = (root / "docs/cli.md").read_text(encoding="utf-8")
    parts = re.split(r"^### `(.+)`$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_the_page_about_the_command_has_every_command_as_its_help_writes_it(command, root):
    usages = []
    for words in LISTED:
        usage = re.search(r"^Usage: syncline (.+)$", help_of(command, *words), re.MULTILINE).group(1)
        if not usage.endswith("SUBCOMMAND"):  # nothing by itself
            usages.append(usage.replace(" [OPTIONS]", "").replace(" [SUBCOMMAND]", ""))
    assert list(sections(root)) == usages


def test_the_page_about_the_command_has_every_option_and_no_other(command, root):
    page = sections(root)
    text = (root / "docs/cli.md").read_text(encoding="utf-8")
    for option in options_in(help_of(command)) - {"--help"}:
        assert f"| `{option}" in text.split("\n### ")[0], option
    for heading, section in page.items():
        words = [word for word in heading.split(" ") if word == word.lower() and word.isidentifier()]
        listed = set(re.findall(r"^\| `(--[a-z-]+)", section.split("\n## ")[0], re.MULTILINE))
        assert listed == options_in(help_of(command, *words)) - {"--help"}, heading


def test_the_version_is_printed(command):
    done = subprocess.run([command, "--version"], capture_output=True, text=True, check=True)
    assert re.fullmatch(r"syncline \d+\.\d+\.\d+\n", done.stdout)


def test_a_database_is_created_once(device):
    device.one("put", "meals", "soup", "name=soup")
    assert str(device.folder) in device.refused("init", code="store_exists")
    assert device.record("meals", "soup") == {"name": "soup"}


def test_two_databases_have_different_replica_ids(command, folder):
    created = [Device(command, folder / name).one("init") for name in ("one", "two")]
    assert all(re.fullmatch("[0-9a-f]{16}", one["replica"]) for one in created)
    assert created[0]["replica"] != created[1]["replica"]
    assert [one["data"] for one in created] == [str(folder / "one"), str(folder / "two")]


def test_the_folder_can_come_from_the_environment(command, folder):
    environment = {**os.environ, "SYNCLINE_DATA": str(folder / "device")}
    for words in (["init"], ["put", "journal", "one", "a=1"], ["get", "journal", "one"]):
        subprocess.run([command, *words], env=environment, check=True, capture_output=True)


@pytest.mark.parametrize("words", [["--data", "{}", "status"], ["status", "--data", "{}", "--json"]])
def test_the_options_may_stand_before_and_after_the_command(device, words):
    done = subprocess.run(
        [device.command, *(word.format(device.folder) for word in words)], capture_output=True, text=True, check=True
    )
    assert "pending" in done.stdout


@pytest.mark.parametrize(
    "words",
    [
        ["put", "meals", "soup", "name=soup"],
        ["put", "health_metrics", "soup", "body_measurements.waist=80"],
        ["inc", "health_metrics", "soup", "water_intake_ml", "-5"],
        ["add", "medications", "soup", "side_effects", "rash"],
        ["remove", "medications", "soup", "side_effects", "rash"],
        ["insert", "meals", "soup", "ingredients", "0", "leek"],
    ],
    ids=lambda words: words[0],
)
def test_a_write_confirms_what_it_wrote(device, words):
    assert device.one(*words) == {"collection": words[1], "record": "soup", "done": True}


def test_a_deletion_confirms_and_the_record_is_gone(device):
    device.one("put", "meals", "soup", "name=soup")
    assert device.one("delete", "meals", "soup") == {"collection": "meals", "record": "soup", "done": True}
    assert device.record("meals", "soup") is None
    assert device.objects("list", "meals") == []
    assert device.export() == ""
    device.refused("delete", "meals", "soup", code="not_found")


def test_words_and_json_become_values(device):
    device.one("put", "journal", "one", "a=word", 'b="1"', "c=1", "d=1.0", "e=true", "f=null", 'g={"h":[1,"i"]}', "j=")
    assert device.record("journal", "one") == {
        **{"a": "word", "b": "1", "c": 1, "d": 1.0, "e": True, "f": None},
        **{"g": {"h": [1, "i"]}, "j": ""},
    }
    assert '"d":1.0' in device.export()


def test_a_record_is_shown_for_people_a_field_a_line(device):
    device.one("put", "health_metrics", "day", "systolic=120", "diastolic=80", "mood=good")
    outcome = device.run("get", "health_metrics", "day", json_output=False)
    assert outcome.stdout == 'diastolic = 80\nmood = "good"\nsystolic = 120\n'


@pytest.fixture
def days(device):
    for day in ("2026-01-01", "2026-01-02", "2026-02-01", "2026-02-02"):
        device.one("put", "journal", day, "a=1")
    return device


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], ["2026-01-01", "2026-01-02", "2026-02-01", "2026-02-02"]),
        (["--prefix", "2026-02"], ["2026-02-01", "2026-02-02"]),
        (["--prefix", "2027"], []),
        (["--from", "2026-01-02"], ["2026-01-02", "2026-02-01", "2026-02-02"]),
        (["--to", "2026-02-01"], ["2026-01-01", "2026-01-02"]),
        (["--from", "2026-01-02", "--to", "2026-02-02"], ["2026-01-02", "2026-02-01"]),
        (["--from", "2026-02-01", "--to", "2026-01-01"], []),
        (["--limit", "3"], ["2026-01-01", "2026-01-02", "2026-02-01"]),
        (["--reverse"], ["2026-02-02", "2026-02-01", "2026-01-02", "2026-01-01"]),
        (["--reverse", "--limit", "1"], ["2026-02-02"]),
        (["--reverse", "--prefix", "2026-01", "--limit", "1"], ["2026-01-02"]),
        (["--reverse", "--to", "2026-02-01", "--limit", "1"], ["2026-01-02"]),
    ],
    ids=lambda value: "_".join(value) if value and value[0].startswith("--") else "",
)
def test_a_list_is_of_the_records_that_its_options_name(days, options, expected):
    assert [record["id"] for record in days.objects("list", "journal", *options)] == expected


def test_a_list_of_a_collection_that_has_no_records_is_empty(device):
    assert device.objects("list", "nothing") == []
    assert device.objects("export", "nothing") == []


def test_an_export_names_the_collection_when_it_is_of_all(device):
    device.one("put", "meals", "soup", "name=soup")
    device.one("put", "habits", "walk", "longest_streak=3")
    assert device.export() == (
        '{"id":"walk","collection":"habits","longest_streak":3}\n{"id":"soup","collection":"meals","name":"soup"}\n'
    )
    assert device.export("meals") == '{"id":"soup","name":"soup"}\n'


def test_a_field_that_is_named_as_what_names_the_record_is_set_apart(device):
    device.one("put", "journal", "one", "id=5", "collection=mine", "$fields=true", "a=1")
    set_apart = '"a":1,"$fields":{"$fields":true,"collection":"mine","id":5}}\n'
    assert device.run("get", "journal", "one").stdout == '{"id":"one",' + set_apart
    assert device.run("list", "journal").stdout == '{"id":"one",' + set_apart
    assert device.export("journal") == '{"id":"one",' + set_apart
    assert device.export() == '{"id":"one","collection":"journal",' + set_apart
    assert device.run("get", "journal", "one", json_output=False).stdout == (
        '$fields = true\na = 1\ncollection = "mine"\nid = 5\n'
    )


def test_the_log_shows_each_change_once_and_in_order(device):
    device.one("put", "meals", "soup", "name=soup", "calories=320")
    device.one("delete", "meals", "soup")
    log = device.log()
    assert [entry["sequence"] for entry in log] == [1, 2, 3, 4]
    assert [entry["field"] for entry in log] == ["", "calories", "name", ""]
    assert [bytes.fromhex(entry["element"]).decode() for entry in log] == ["live", "", "", "dead"]
    assert {entry["origin"] for entry in log} == {"local"}
    assert log[0]["stamp"] == log[1]["stamp"] == log[2]["stamp"] < log[3]["stamp"]
    assert set(log[0]) == {
        *("sequence", "origin", "stamp", "collection", "record", "field", "element", "removed", "value"),
        *("time_ms", "device", "this_device", "place", "state"),
    }


def test_the_log_is_narrowed_by_its_options(device):
    device.one("put", "meals", "soup", "name=soup")
    device.one("put", "meals", "stew", "name=stew")
    device.one("put", "habits", "walk", "name=walk")
    assert {entry["record"] for entry in device.log("meals")} == {"soup", "stew"}
    assert {entry["record"] for entry in device.log("meals", "stew")} == {"stew"}
    assert [entry["sequence"] for entry in device.log("--from", "4")] == [4, 5, 6]
    assert [entry["sequence"] for entry in device.log("--from", "2", "--limit", "2")] == [2, 3]
    assert device.log("--from", "7") == []


def test_the_status_of_a_device_that_never_synced(device):
    device.one("put", "meals", "soup", "name=soup")
    status = device.status()
    assert status.pop("oldest_pending_ms") > 0
    assert status == {
        **{"phase": "disabled", "synced": False, "synced_sequence": 0, "pending_ops": 2},
        **{"set_aside_ops": 0, "quarantined_ops": 0, "done_ops": 0, "total_ops": 0},
        **{"sent_bytes": 0, "received_bytes": 0, "last_success_ms": 0, "last_error": None, "next_retry_ms": 0},
        **{"enabled": False, "account": None, "logged_in": False, "login_expired": False, "server": None, "email": None},
    }


def test_account_and_sync_print_their_objects(account, command, folder, health_schema):
    device = Device(command, folder / "device")
    device.one("init", "--schema", health_schema)
    registered = device.one(*account.login_words("register"))
    assert set(registered) == {"account", "email"} and registered["email"] == account.email
    assert device.one(*account.login_words("login")) == registered
    another = Device(command, folder / "another")
    another.one("init")
    another.refused(*account.login_words("register"), code="email_taken")
    assert device.one("sync", "enable") == {"enabled": True}
    device.one("put", "meals", "soup", "name=soup")
    summary = device.one("sync", "once")
    assert set(summary) == {"rounds", "sent_ops", "received_ops", "merged_ops", "restamped_ops", "sent_bytes", "received_bytes"}
    assert (summary["sent_ops"], summary["received_ops"], summary["merged_ops"]) == (2, 0, 0)
    assert device.one("sync", "disable") == {"enabled": False}
    assert device.one("account", "logout") == {"server_told": True}


def test_a_sync_with_nothing_to_do_moves_nothing(account):
    phone, tablet = account.device("phone"), account.device("tablet")
    phone.one("put", "meals", "soup", "name=soup")
    sync_all([phone, tablet])
    for device in (phone, tablet):
        before = device.log()
        summary = device.sync()
        assert (summary["rounds"], summary["sent_ops"], summary["received_ops"]) == (1, 0, 0)
        assert device.log() == before


def test_the_files_of_a_database_are_the_owners_alone(account):
    phone = account.device("phone")
    for file in phone.folder.iterdir():
        assert file.stat().st_mode & 0o077 == 0, file.name


def test_no_secret_is_ever_printed(account):
    phone = account.device("phone")
    phone.one("put", "meals", "soup", "name=soup")
    printed = "".join(
        outcome.stdout + outcome.stderr
        for outcome in (phone.run(*words) for words in (["sync", "once"], ["status"], ["log"], ["export"]))
    )
    assert account.password_file.read_text().strip() not in printed
    assert "eyJ" not in printed, "the beginning of a token"


def test_regression_a_reader_of_the_output_that_goes_leaves_no_snapshot_behind(device, folder):
    rows = folder / "rows.ndjson"
    rows.write_text("".join(f'{{"id": "{row}", "text": "{"x" * 100}"}}\n' for row in range(5_000)))
    device.one("import", "meals", rows)
    for words in (["list", "meals"], ["export"], ["log"]):
        process = device.start(*words, stdout=subprocess.PIPE)
        process.stdout.readline()
        process.stdout.close()
        stderr = process.stderr.read()
        # Ended by the signal as any other program, but after it had closed the database.
        assert process.wait() == -signal.SIGPIPE, stderr
        assert stderr == ""
        (lock,) = device.folder.rglob("lock.mdb")
        assert process.pid.to_bytes(4, sys.byteorder) not in lock.read_bytes()
