"""What lost against another device's write: listed on every device, restored, dismissed, and never in an export."""

import datetime

import pytest

from support.account import assert_identical, sync_all

DAY = "2026-03-01"
NO_SUCH_ID = "018bcfe56800-00000000000000000000000000000000"


@pytest.fixture
def pair(account):
    """Two devices in step, with a day and a meal."""
    phone, tablet = account.device("phone"), account.device("tablet")
    phone.one("put", "health_metrics", DAY, "weight_kg=80.4", "systolic=128", "diastolic=84")
    phone.one("put", "meals", "soup", "calories=320")
    sync_all([phone, tablet])
    return phone, tablet


@pytest.fixture
def torn(pair):
    """The same after a conflict of each kind, of which both have heard; the tablet wrote later."""
    phone, tablet = pair
    phone.one("put", "health_metrics", DAY, "weight_kg=80.1")
    phone.one("put", "health_metrics", DAY, "systolic=135", "diastolic=88")
    phone.one("put", "health_metrics", DAY, "body_measurements.waist=84")
    phone.one("put", "meals", "soup", "calories=350")
    tablet.one("put", "health_metrics", DAY, "weight_kg=79.5")
    tablet.one("put", "health_metrics", DAY, "systolic=121", "diastolic=79")
    tablet.one("put", "health_metrics", DAY, "body_measurements.waist=83")
    tablet.one("delete", "meals", "soup")
    sync_all([phone, tablet])
    return phone, tablet


def conflicts(device, *words):
    return device.objects("conflicts", "list", *words)


def conflict_of(device, field):
    (found,) = [conflict for conflict in conflicts(device, "--all") if conflict["field"] == field]
    return found


def utc(milliseconds):
    """The second of a time, as the command prints times."""
    return f"{datetime.datetime.fromtimestamp(milliseconds // 1000, datetime.UTC):%Y-%m-%d %H:%M:%S}"


def assert_same_journal(devices):
    journals = [conflicts(device, "--all") for device in devices]
    assert all(journal == journals[0] for journal in journals), journals
    return journals[0]


def test_each_kind_of_conflict_is_listed_alike_on_both_devices(torn):
    journal = assert_same_journal(torn)
    shown = {
        (entry["collection"], entry["record"], entry["field"]): (entry["rule"], entry["lost"], entry.get("kept"))
        for entry in journal
    }
    assert shown == {
        ("health_metrics", DAY, "weight_kg"): ("lww", 80.1, 79.5),
        ("health_metrics", DAY, "blood_pressure"): (
            "group",
            {"systolic": 135, "diastolic": 88},
            {"systolic": 121, "diastolic": 79},
        ),
        ("health_metrics", DAY, "body_measurements"): ("map", {"waist": 84}, {"waist": 83}),
        ("meals", "soup", "calories"): ("deletion", 350, None),
    }
    assert len(journal) == len(shown)
    writers = {(entry["lost_by"], entry["kept_by"]) for entry in journal}
    assert len(writers) == 1 and all(entry["state"] == "open" for entry in journal)
    assert all(entry["lost_ms"] < entry["kept_ms"] for entry in journal)


def test_the_list_is_the_latest_first_and_can_be_narrowed(torn):
    phone, _ = torn
    ids = [conflict["id"] for conflict in conflicts(phone)]
    assert ids == sorted(ids, reverse=True)
    assert [conflict["id"] for conflict in conflicts(phone, "--limit", 1)] == ids[:1]
    assert [conflict["record"] for conflict in conflicts(phone, "meals")] == ["soup"]
    assert len(conflicts(phone, "health_metrics", DAY)) == 3
    assert conflicts(phone, "health_metrics", "another day") == []
    assert phone.objects("conflicts") == conflicts(phone), "to list is what it does unless told otherwise"


def test_the_list_can_be_narrowed_to_a_time(torn):
    phone, _ = torn
    times = {conflict["id"]: conflict["kept_ms"] for conflict in conflicts(phone)}
    early, late = utc(min(times.values())), utc(max(times.values()) + 1000)
    assert conflicts(phone, "--from", early, "--until", late) == conflicts(phone)
    assert conflicts(phone, "--until", early) == []
    assert conflicts(phone, "--from", late) == []
    assert conflicts(phone, "--from", late.replace(" ", "T") + "Z") == []
    assert conflicts(phone, "--from", "2020-01-01", "--until", "2020-02-29T23:59") == []


@pytest.mark.parametrize("time", ["yesterday", "", "2026-02-30", "2026-03-01T24:61", "2026-03-01 ", "1772323200000", "1969-12-31"])
def test_what_is_no_time_is_said(pair, time):
    phone, _ = pair
    outcome = phone.run("conflicts", "list", "--from", time, json_output=False)
    assert outcome.exit_code == 2
    assert f'"{time}" is no time like 2026-03-01' in outcome.stderr


def test_people_read_what_lost_to_what_and_on_which_device(torn):
    phone, tablet = torn
    text = phone.run("conflicts", json_output=False).stdout
    assert f"health_metrics {DAY} weight_kg" in text
    assert "lost  80.1  this device, " in text and "to    79.5  " in text and ", by lww" in text
    assert "lost  350  " in text and "to a deletion  " in text
    assert "to    79.5  this device, " in tablet.run("conflicts", json_output=False).stdout


def test_where_nothing_lost_nothing_is_listed(pair):
    phone, _ = pair
    assert conflicts(phone, "--all") == []
    outcome = phone.run("conflicts", json_output=False)
    assert (outcome.exit_code, outcome.stdout, outcome.stderr) == (0, "", "no conflicts\n")


def test_what_is_restored_on_one_device_is_read_on_both(torn):
    phone, tablet = torn
    for field in ("weight_kg", "blood_pressure", "body_measurements", "calories"):
        lost = conflict_of(tablet, field)["id"]
        assert tablet.one("conflicts", "restore", lost) == {"id": lost, "state": "restored"}
    sync_all([tablet, phone])
    for device in torn:
        assert device.record("health_metrics", DAY) == {
            "weight_kg": 80.1,
            "systolic": 135,
            "diastolic": 88,
            "body_measurements": {"waist": 84},
        }
        assert device.record("meals", "soup") == {"calories": 350}
        assert conflicts(device) == []
    assert {entry["state"] for entry in assert_same_journal(torn)} == {"restored"}
    assert_identical(torn)


def test_several_are_dismissed_at_once_and_leave_what_won(torn):
    phone, tablet = torn
    ids = [conflict_of(phone, field)["id"] for field in ("weight_kg", "calories")]
    assert phone.objects("conflicts", "dismiss", *ids) == [{"id": id_, "state": "dismissed"} for id_ in ids]
    sync_all([phone, tablet])
    for device in torn:
        assert {conflict["field"] for conflict in conflicts(device)} == {"blood_pressure", "body_measurements"}
        assert conflict_of(device, "weight_kg")["state"] == "dismissed"
        assert "  (dismissed)" in device.run("conflicts", "list", "--all", json_output=False).stdout
        assert device.record("health_metrics", DAY)["weight_kg"] == 79.5
        assert device.record("meals", "soup") is None
    assert_same_journal(torn)


def test_a_conflict_is_restored_once_even_after_it_was_dismissed(torn):
    phone, _ = torn
    lost = conflict_of(phone, "weight_kg")["id"]
    phone.one("conflicts", "dismiss", lost)
    phone.one("conflicts", "restore", lost)
    assert phone.record("health_metrics", DAY)["weight_kg"] == 80.1
    phone.refused("conflicts", "restore", lost, code="invalid_argument")


@pytest.mark.parametrize("act", ["restore", "dismiss"])
def test_an_id_that_there_is_not_is_named(torn, act):
    phone, _ = torn
    before = conflicts(phone, "--all")
    assert NO_SUCH_ID in phone.refused("conflicts", act, NO_SUCH_ID, code="not_found")
    phone.wrong_usage("conflicts", act)
    assert conflicts(phone, "--all") == before
    done = phone.refused("conflicts", act, before[0]["id"], NO_SUCH_ID, code="not_found", prints=True)
    assert f"{NO_SUCH_ID}; 1 conflict before it is {act}" in done
    assert conflicts(phone, "--all")[0]["state"] != "open"


def test_what_lost_as_a_plain_value_is_no_amount_of_a_counter(account, folder):
    """An entry outlives the migration of its field."""
    devices = phone, tablet = account.device("phone", schema=False), account.device("tablet", schema=False)
    rules = '{"name": "n", "version": %d, "collections": {"c": {"fields": {"n": {"merge": "%s"}}}}}'
    schema = folder / "schema"
    for version, merge in enumerate(["lww", "counter"], 1):
        schema.write_text(rules % (version, merge))
        for device in devices:
            device.objects("schema", "set", schema, *(["--migrate"] if merge == "counter" else []))
        if merge == "lww":
            phone.one("put", "c", "r", "n=5")
            tablet.one("put", "c", "r", "n=3")
            sync_all(devices)
    assert phone.record("c", "r") == {"n": 3}
    (lost,) = conflicts(phone)
    phone.one("conflicts", "restore", lost["id"])
    assert phone.record("c", "r") == {"n": 5}


def test_no_export_has_the_journal_and_no_command_writes_to_it(torn):
    phone, _ = torn
    assert "$conflicts" not in assert_identical(torn)
    lost = conflict_of(phone, "weight_kg")["id"]
    before = conflicts(phone, "--all")
    assert "$conflicts" in phone.refused("put", "$conflicts", lost, "state=restored", code="key_malformed")
    assert "$conflicts" in phone.refused("delete", "$conflicts", lost, code="key_malformed")
    assert conflicts(phone, "--all") == before
