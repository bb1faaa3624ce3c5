"""Devices whose clocks are wrong by years or hours."""

import pytest

from support.account import Account, assert_identical, sync_all

YEAR_2262 = "@2262-01-01 00:00:00"
HOURS_BEHIND = "-5h"


def years(device, *words):
    """The milliseconds of a log's stamps, by origin."""
    found = {}
    for entry in device.log(*words):
        found.setdefault(entry["origin"], []).append(int(entry["stamp"][:12], 16))
    return found


def test_writes_of_the_year_2262_are_stamped_anew_and_reach_the_other_device(account):
    phone, tablet = account.device("phone"), account.device("tablet")
    phone.one("put", "meals", "soup", "name=soup")
    sync_all([phone, tablet])
    phone.one("put", "meals", "soup", "calories=320", clock=YEAR_2262)
    phone.one("put", "meals", "stew", "name=stew", clock=YEAR_2262)
    phone.one("inc", "health_metrics", "day", "water_intake_ml", "250", clock=YEAR_2262)
    phone.one("add", "medications", "pill", "side_effects", "rash", clock=YEAR_2262)
    phone.one("put", "meals", "porridge", "name=porridge")
    before = phone.export()

    summary = phone.sync()
    tablet.sync()

    assert phone.export() == before
    assert_identical([phone, tablet])
    stamps = years(phone)
    assert summary["restamped_ops"] == len(stamps["restamped"])
    assert len(stamps["restamped"]) == phone.status()["synced_sequence"] - len(stamps["local"]) > 0
    assert max(stamps["restamped"]) < max(stamps["local"])
    status = phone.status()
    assert status["set_aside_ops"] == 0 and status["quarantined_ops"] == 0


def test_the_order_of_writes_survives_that_they_are_stamped_anew(account):
    phone, tablet = account.device("phone"), account.device("tablet")
    phone.one("put", "meals", "soup", "name=first", clock=YEAR_2262)
    phone.one("put", "meals", "soup", "name=second", clock=YEAR_2262)
    phone.one("delete", "meals", "soup", clock=YEAR_2262)
    phone.one("put", "meals", "soup", "name=third", clock=YEAR_2262)
    phone.one("put", "health_metrics", "day", "lowest_heart_rate=50", clock=YEAR_2262)
    phone.one("delete", "health_metrics", "day", clock=YEAR_2262)
    phone.one("put", "health_metrics", "day", "lowest_heart_rate=60", clock=YEAR_2262)

    sync_all([phone, tablet])

    assert_identical([phone, tablet])
    assert tablet.record("meals", "soup") == {"name": "third"}
    assert tablet.record("health_metrics", "day") == {"lowest_heart_rate": 60}


def test_after_a_year_2262_another_devices_later_write_wins(account):
    phone, tablet = account.device("phone"), account.device("tablet")
    phone.one("put", "meals", "soup", "name=future", clock=YEAR_2262)
    sync_all([phone, tablet])
    tablet.one("put", "meals", "soup", "name=now")
    sync_all([tablet, phone])
    assert phone.record("meals", "soup") == {"name": "now"}
    assert_identical([phone, tablet])


def test_a_deletion_of_the_year_2262_does_not_rule_the_record_for_ever(account):
    phone, tablet = account.device("phone"), account.device("tablet")
    phone.one("put", "meals", "soup", "name=soup")
    sync_all([phone, tablet])
    phone.one("delete", "meals", "soup", clock=YEAR_2262)
    sync_all([phone, tablet])
    assert tablet.record("meals", "soup") is None
    tablet.one("put", "meals", "soup", "name=again")
    sync_all([tablet, phone])
    assert phone.record("meals", "soup") == {"name": "again"}


@pytest.fixture
def trusted_for_long(command, folder, proxy, health_schema):
    """An account behind a certificate that is older than the wrong clocks here."""
    return Account(command, folder, proxy, health_schema)


def test_a_device_that_is_hours_behind_learns_the_time_and_wins_with_later_writes(trusted_for_long):
    phone, tablet = trusted_for_long.device("phone"), trusted_for_long.device("tablet")
    phone.one("sync", "once", clock=HOURS_BEHIND)
    tablet.one("put", "meals", "soup", "name=earlier")
    tablet.sync()
    phone.one("put", "meals", "soup", "name=later", clock=HOURS_BEHIND)
    phone.one("sync", "once", clock=HOURS_BEHIND)
    tablet.sync()

    assert tablet.record("meals", "soup") == {"name": "later"}
    assert_identical([phone, tablet])


def test_a_device_that_is_hours_behind_and_knows_no_better_loses_but_keeps_its_other_fields(trusted_for_long):
    phone, tablet = trusted_for_long.device("phone"), trusted_for_long.device("tablet")
    tablet.one("put", "meals", "soup", "name=earlier")
    phone.one("put", "meals", "soup", "name=later", "calories=320", clock=HOURS_BEHIND)
    phone.one("sync", "once", clock=HOURS_BEHIND)
    sync_all([tablet, phone])

    assert_identical([phone, tablet])
    assert tablet.record("meals", "soup") == {"calories": 320, "name": "earlier"}


def test_a_clock_that_goes_back_never_lets_an_older_write_win(account):
    phone, tablet = account.device("phone"), account.device("tablet")
    phone.one("put", "meals", "soup", "name=first")
    phone.one("put", "meals", "soup", "name=second", clock=HOURS_BEHIND)
    assert phone.record("meals", "soup") == {"name": "second"}
    sync_all([phone, tablet])
    assert tablet.record("meals", "soup") == {"name": "second"}


def test_a_device_that_is_behind_the_servers_certificate_is_told_that_its_clock_may_be_wrong(account):
    phone = account.device("phone")
    phone.one("put", "meals", "soup", "name=soup")
    message = phone.refused("sync", "once", code="certificate_untrusted", clock="@2000-01-01 00:00:00")
    assert "clock" in message
    phone.sync()
