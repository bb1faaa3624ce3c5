"""What verify and doctor find in a damaged database, and what a repair makes of it."""

import re
import signal
import subprocess

import pytest

from support.account import assert_identical, sync_all
from support.device import Device
from support.terminal import interrupted_at

PAGE = 4096


def fill(device, folder, records=400):
    """Records on many pages, in one commit."""
    with open(folder / "rows", "w", encoding="utf-8") as rows:
        rows.writelines(f'{{"id": "r{number}", "name": "soup number {number}"}}\n' for number in range(records))
    device.objects("import", "meals", folder / "rows")


@pytest.fixture
def filled(device, folder):
    """A device with records on many pages."""
    fill(device, folder)
    device.one("put", "meals", "special", "name=unmistakable")
    device.one("inc", "health_metrics", "2026-11-23", "water_intake_ml", 250)
    return device


def data_file(device):
    return device.folder / "data.mdb"


def damage(device, text, replacement):
    """Changes bytes everywhere in the file."""
    content = data_file(device).read_bytes()
    assert text in content and len(text) == len(replacement)
    data_file(device).write_bytes(content.replace(text, replacement))


def damage_page(device, text):
    """Makes a page that holds the text, and that is in use, no page any more."""
    content = data_file(device).read_bytes()
    for page in range(2, len(content) // PAGE):
        if text not in content[page * PAGE : (page + 1) * PAGE]:
            continue
        changed = bytearray(content)
        changed[page * PAGE + 10] = 0x55
        data_file(device).write_bytes(bytes(changed))
        if device.run("verify").exit_code == 1:
            return
    pytest.fail("no page of the database holds the text")


def failed(device, *words):
    """Runs a command that finds faults; the objects that it prints."""
    outcome = device.run(*words)
    assert outcome.exit_code == 1, outcome
    assert outcome.stderr.endswith("(store_corrupt)\n"), outcome.stderr
    return outcome.objects()


def test_a_sound_database_has_no_fault(filled):
    summary = filled.one("verify")
    assert summary["faults"] == 0 and summary["complete"] is True
    assert (summary["indexes_checked"], summary["unindexed_records"], summary["lost_entries"]) == (True, 0, 0)
    assert summary["pending_ops"] == filled.status()["pending_ops"] == summary["slots"]
    assert filled.objects("doctor") == []
    text = filled.run("doctor", json_output=False)
    assert (text.exit_code, text.stdout) == (0, "no fault was found\n")


def test_verify_changes_nothing_and_works_while_the_app_runs(account):
    device = account.device("phone")
    device.one("put", "meals", "lunch", "name=soup")
    watching = device.start("sync", "watch", stdout=subprocess.PIPE)
    try:
        watching.stdout.readline()
        assert device.one("verify")["faults"] == 0
    finally:
        watching.send_signal(signal.SIGTERM)
        watching.communicate(timeout=60)
    before = data_file(device).read_bytes()
    device.one("verify")
    device.objects("doctor")
    assert data_file(device).read_bytes() == before


def test_a_damaged_value_is_named_and_rebuilt(filled, folder):
    before = filled.export()
    content = data_file(filled).read_bytes()
    # In the slot, whose value is a string; in the log the text stands elsewhere.
    at = [i for i in range(len(content)) if content.startswith(b"unmistakable", i)]
    assert len(at) >= 2
    for place in at:
        changed = bytearray(content)
        changed[place] = ord("U")
        data_file(filled).write_bytes(bytes(changed))
        outcome = filled.run("verify")
        if outcome.exit_code == 1 and any(o.get("keyspace") == "slots" for o in outcome.objects()):
            break
    else:
        pytest.fail("the slot was not found in the file")
    fault = outcome.objects()[0]
    assert fault["fault"] == "damaged"
    assert [fault[part] for part in ("collection", "record", "field")] == ["meals", "special", "name"]
    found = failed(filled, "doctor")
    assert found[0]["level"] == "fault" and "--repair" in found[0]["remedy"]
    damaged = data_file(filled).read_bytes()
    repaired = filled.objects("doctor", "--repair")
    kept = next(o for o in repaired if "kept" in o)
    assert kept["repaired"] == 1 and kept["set_aside"] == 0 and kept["rescued"] is False
    with open(kept["kept"], "rb") as file:
        assert file.read() == damaged
    assert filled.export() == before
    assert filled.one("verify")["faults"] == 0


def test_a_value_that_is_lost_everywhere_comes_back_from_the_server(account):
    phone = account.device("phone")
    tablet = account.device("tablet")
    phone.one("put", "meals", "special", "name=unmistakable")
    phone.one("inc", "health_metrics", "2026-11-23", "water_intake_ml", 250)
    sync_all([phone, tablet])
    damage(phone, b"unmistakable", b"unmistakabLe")
    failed(phone, "verify")
    repaired = phone.objects("doctor", "--repair")
    kept = next(o for o in repaired if "kept" in o)
    assert kept["pulls_again"] is True and kept["new_id"] is True
    phone.one("inc", "health_metrics", "2026-11-23", "water_intake_ml", 1)
    sync_all([phone, tablet])
    assert_identical([phone, tablet])
    assert phone.record("meals", "special") == {"name": "unmistakable"}
    assert tablet.record("health_metrics", "2026-11-23") == {"water_intake_ml": 251}


def test_a_damaged_page_is_named_and_the_database_rescued(filled):
    before = filled.export()
    damage_page(filled, b"r123")
    faults = failed(filled, "verify")
    assert faults[0]["fault"] == "page" and "page" in faults[0]["what"]
    assert faults[-1]["complete"] is False
    assert failed(filled, "doctor")[0]["finding"] == "damaged_pages"
    repaired = filled.objects("doctor", "--repair")
    assert next(o for o in repaired if "kept" in o)["rescued"] is True
    assert filled.one("verify")["faults"] == 0
    assert filled.export() == before
    assert filled.status()["pending_ops"] > 0


def test_no_command_reads_or_writes_through_a_damaged_page(filled):
    damage_page(filled, b"r123")
    damaged = data_file(filled).read_bytes()
    for words in [("export",), ("list", "meals"), ("get", "meals", "special"), ("put", "meals", "special", "name=x"), ("status",)]:
        outcome = filled.run(*words)
        assert outcome.exit_code == 1 and "page" in outcome.stderr and "(store_corrupt)" in outcome.stderr, outcome
    assert data_file(filled).read_bytes() == damaged


def damage_log(device, text):
    """Damages the entry of the log that holds the text; what `verify` says then."""
    content = data_file(device).read_bytes()
    for place in [found.start() for found in re.finditer(re.escape(text), content)]:
        changed = bytearray(content)
        changed[place] ^= 0x20
        data_file(device).write_bytes(bytes(changed))
        outcome = device.run("verify")
        if outcome.exit_code == 1 and any(o.get("keyspace") == "log" for o in outcome.objects()):
            return outcome.objects()
    pytest.fail("the entry of the log was not found in the file")


def test_a_damaged_entry_of_the_log_is_told_in_a_few_lines_and_repaired(device, folder):
    device.one("put", "meals", "first", "name=tea")  # or nothing would say that the log should have the others
    fill(device, folder)
    before = device.export()
    said = damage_log(device, b"soup number 200")
    assert 800 < said[-1]["faults"] < 900
    assert len(said) < 10
    more = [o["more"] for o in said if o.get("fault") == "not_in_log" and "more" in o]
    assert len(more) == 1 and more[0] > 780
    shown = device.run("verify", json_output=False).stdout
    assert f"slots: {more[0]} more faults of this kind (not_in_log)\n" in shown
    found = failed(device, "doctor")
    assert len(found) < 10 and str(more[0]) in found[-1]["what"]
    repaired = device.objects("doctor", "--repair")
    assert len(repaired) < 20 and any("more_repairs" in o for o in repaired)
    assert next(o for o in repaired if "kept" in o)["repaired"] > 800
    assert device.export() == before
    assert device.one("verify")["faults"] == 0


@pytest.mark.parametrize("bar", ["keeping a copy", "repairing"])
def test_a_repair_that_is_interrupted_changes_nothing(device, folder, bar):
    fill(device, folder, records=20_000)
    damage_log(device, b"soup number 200")
    damaged = data_file(device).read_bytes()
    outcome = interrupted_at(device, bar, "doctor", "--repair")
    assert outcome.exit_code == 1 and "(cancelled)" in outcome.stderr
    assert not any("repair" in o for o in outcome.objects())
    assert data_file(device).read_bytes() == damaged
    assert list(device.folder.glob("before-repair-*")) == []
    assert next(o for o in device.objects("doctor", "--repair") if "kept" in o)["repaired"] > 0
    assert device.one("verify")["faults"] == 0


def test_a_verification_that_is_interrupted_says_so(device, folder):
    fill(device, folder, records=20_000)
    outcome = interrupted_at(device, "checking entries", "verify")
    assert outcome.exit_code == 1 and "(cancelled)" in outcome.stderr
    assert outcome.objects()[-1]["complete"] is False


def test_a_file_without_its_meta_pages_is_for_a_backup_and_not_copied(filled):
    content = b"\xff" * (2 * PAGE) + data_file(filled).read_bytes()[2 * PAGE :]
    data_file(filled).write_bytes(content)
    found = failed(filled, "doctor")
    assert "restore" in found[0]["remedy"] and "--repair" not in found[0]["remedy"]
    for _ in range(2):
        assert filled.run("doctor", "--repair").exit_code == 1
    assert data_file(filled).read_bytes() == content
    assert list(filled.folder.glob("before-repair-*")) == []


def test_a_lost_schema_is_brought_back(filled, health_schema):
    content = data_file(filled).read_bytes()
    schema = open(health_schema, "rb").read()
    assert schema[:40] in content
    damage(filled, schema[:40], schema[:39] + b"?")
    assert any(f.get("key") == "schema" for f in failed(filled, "verify"))
    filled.objects("doctor", "--repair", "--schema", health_schema)
    assert filled.one("verify")["faults"] == 0
    filled.one("inc", "health_metrics", "2026-11-23", "water_intake_ml", 1)
    assert filled.record("health_metrics", "2026-11-23") == {"water_intake_ml": 251}


def test_what_is_no_database_is_explained(command, folder):
    nothing = Device(command, folder / "nothing")
    outcome = nothing.run("doctor")
    assert outcome.exit_code == 1 and outcome.stderr.endswith("(store_missing)\n")
    assert "restore" in outcome.objects()[0]["remedy"]
    assert not nothing.folder.exists()
    other = Device(command, folder / "other")
    other.folder.mkdir()
    data_file(other).write_bytes(b"something else" * 1000)
    assert failed(other, "doctor")[0]["finding"] == "damaged_pages"
    outcome = other.run("doctor", "--repair")
    assert outcome.exit_code == 1
    assert data_file(other).read_bytes() == b"something else" * 1000


def test_a_clock_that_was_ahead_and_leftovers_are_told(filled):
    filled.one("put", "meals", "late", "name=cake", clock="@2060-01-01 00:00:00")
    (filled.folder / "restoring").mkdir()
    (filled.folder / "restoring" / "data.mdb").write_bytes(b"half")
    (filled.folder / "data.mdb.partial").write_bytes(b"half")
    found = {o["finding"]: o for o in filled.objects("doctor")}
    assert found["clock_ahead"]["level"] == "warning" and "2060" in found["clock_ahead"]["what"]
    assert "leftover" in found
    repaired = filled.objects("doctor", "--repair")
    assert [o["removed"] for o in repaired if "removed" in o] == [
        str(filled.folder / "restoring"), str(filled.folder / "data.mdb.partial")]
    assert not (filled.folder / "restoring").exists()
    assert not (filled.folder / "data.mdb.partial").exists()
    assert [o["finding"] for o in filled.objects("doctor")] == ["clock_ahead"]


def test_an_account_that_cannot_be_read_is_told(filled):
    (filled.folder / "account.json").write_text("{x", encoding="utf-8")
    found = {o["finding"]: o for o in filled.objects("doctor")}
    assert found["account"]["level"] == "warning"
    assert "account.json" in found["account"]["what"] and "account login" in found["account"]["remedy"]


def test_what_nobody_knows_is_left_where_it_is(filled):
    folder = filled.folder / "restoring"
    folder.mkdir()
    (folder / "data.mdb").write_bytes(b"half")
    (folder / "diary.txt").write_text("mine", encoding="utf-8")
    (filled.folder / "notes.partial").write_text("mine as well", encoding="utf-8")
    assert filled.objects("doctor", "--repair")[-1] == {"left": str(folder)}
    assert [path.name for path in folder.iterdir()] == ["diary.txt"]
    assert (filled.folder / "notes.partial").exists()


def test_a_repair_waits_for_no_app(account):
    device = account.device("phone")
    device.one("put", "meals", "special", "name=unmistakable")
    watching = device.start("sync", "watch", stdout=subprocess.PIPE)
    try:
        watching.stdout.readline()
        (device.folder / "data.mdb.partial").write_bytes(b"")
        outcome = device.run("doctor", "--repair")
        assert outcome.exit_code == 1 and outcome.stderr.endswith("(store_locked)\n")
    finally:
        watching.send_signal(signal.SIGTERM)
        watching.communicate(timeout=60)


def test_a_value_of_another_type_is_told_and_kept(command, folder, health_schema):
    device = Device(command, folder / "untyped")
    device.one("init")
    device.one("put", "health_metrics", "2026-11-23", "weight_kg=heavy")
    before = device.export()
    device.objects("doctor", "--repair", "--schema", health_schema)
    found = device.objects("doctor")
    assert [(o["finding"], o["level"]) for o in found] == [("mistyped", "note")]
    assert "weight_kg" in found[0]["what"] and "number" in found[0]["what"]
    assert device.export() == before


def test_regression_a_schema_that_is_there_is_not_replaced(filled, folder):
    other = folder / "other.json"
    other.write_text('{"name": "other", "version": 1, "collections": {"meals": {"fields": {"name": {"merge": "set"}}}}}')
    before = filled.export()
    said = filled.run("doctor", "--repair", "--schema", other, json_output=False)
    assert said.exit_code == 0 and f"{other} was not needed" in said.stdout
    assert filled.export() == before
    other.write_text('{"name": "other"}')
    assert str(other) in filled.refused("doctor", "--repair", "--schema", other, code="schema_invalid")


def test_a_schema_is_for_a_repair(filled, health_schema):
    filled.wrong_usage("doctor", "--schema", health_schema)


def test_a_backup_of_a_damaged_database_is_refused_by_name(filled, folder):
    damage(filled, b"unmistakable", b"Unmistakable")
    message = filled.refused("backup", folder / "backup", code="store_corrupt")
    assert "checksum does not match" in message
    assert not (folder / "backup").exists()
