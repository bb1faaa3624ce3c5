"""Logins that end, sync that is off, devices that watch, and devices that sync at the same time."""

import json
import shutil
import signal
import subprocess
import threading
import time

import pytest

from support.account import Account, assert_identical, sync_all
from support.device import Device
from support.terminal import assert_bar, on_a_terminal

LONG_S = 60


def eventually(condition):
    """Waits until it holds; fails after a time that no sound run needs."""
    end = time.monotonic() + LONG_S
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.05)
    assert condition()


def tokens(device):
    known = json.loads(device.account_file().read_text())
    return known["access"], known["refresh"]


def revoke(device, folder):
    """Logs a copy of the device's login out, which ends the login on the server."""
    copy = Device(device.command, folder / "copy")
    copy.one("init")
    shutil.copy(device.account_file(), copy.account_file())
    assert copy.one("account", "logout") == {"server_told": True}


@pytest.fixture
def watching():
    """Starts `sync watch` on a device, and ends what a test leaves running."""
    started = []

    def start(device, *words):
        started.append(device.start("sync", "watch", *words, stdout=subprocess.PIPE))
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_an_expired_access_token_is_refreshed_once(account):
    phone = account.device("phone")
    phone.one("put", "meals", "soup", "name=soup")
    _, refresh = tokens(phone)
    account.expire_access_token(phone)
    expired = tokens(phone)[0]

    phone.sync()

    access_after, refresh_after = tokens(phone)
    assert access_after != expired and refresh_after != refresh
    phone.sync()
    assert tokens(phone) == (access_after, refresh_after), "a token that is good is kept"


def test_a_login_that_was_ended_pauses_the_sync_and_keeps_what_is_pending(account, folder):
    phone, tablet = account.device("phone"), account.device("tablet")
    sync_all([phone, tablet])
    phone.one("put", "meals", "soup", "name=soup")
    before = phone.export()
    revoke(phone, folder)
    account.expire_access_token(phone)

    phone.refused("sync", "once", code="refresh_invalid")

    status = phone.status()
    assert status["phase"] == "paused_auth"
    assert status["synced"] is False and status["pending_ops"] == 2
    assert phone.export() == before
    phone.one("put", "meals", "soup", "calories=320")

    phone.one(*account.login_words("login"))
    sync_all([phone, tablet])
    assert tablet.record("meals", "soup") == {"calories": 320, "name": "soup"}
    assert_identical([phone, tablet])


def test_a_watching_device_whose_login_was_ended_pauses_and_goes_on_after_a_new_one(account, folder, watching):
    phone, tablet = account.device("phone"), account.device("tablet")
    phone.one("put", "meals", "soup", "name=soup")
    revoke(phone, folder)
    account.expire_access_token(phone)
    process = watching(phone, "--period", "0.2")
    eventually(lambda: phone.status()["phase"] == "paused_auth")
    process.send_signal(signal.SIGTERM)
    assert process.wait(LONG_S) == 0
    assert phone.status()["pending_ops"] == 2

    phone.one(*account.login_words("login"))
    watching(phone, "--period", "0.2")
    eventually(lambda: tablet.one("sync", "once") and tablet.record("meals", "soup") == {"name": "soup"})


def test_another_persons_account_is_refused_on_a_device_that_has_one(
    account, command, folder, sqlite_backend, health_schema
):
    phone = account.device("phone")
    phone.one("put", "meals", "soup", "name=soup")
    phone.sync()
    (folder / "other").mkdir()
    other = Account(command, folder / "other", sqlite_backend, health_schema)
    other.device("tablet")
    before = phone.account_file().read_text()

    outcome = phone.run(*other.login_words("login"))

    assert outcome.exit_code == 1 and outcome.stderr.startswith("syncline: ")
    assert phone.account_file().read_text() == before
    phone.sync()


def test_after_a_logout_the_data_stays_and_a_login_goes_on(account):
    phone, tablet = account.device("phone"), account.device("tablet")
    phone.one("put", "meals", "soup", "name=soup")
    assert phone.one("account", "logout") == {"server_told": True}
    assert not phone.account_file().exists()
    phone.refused("sync", "once", code="not_logged_in")
    phone.refused("account", "logout", code="not_logged_in")
    assert phone.record("meals", "soup") == {"name": "soup"}
    phone.one(*account.login_words("login"))
    sync_all([phone, tablet])
    assert tablet.record("meals", "soup") == {"name": "soup"}


def test_sync_that_is_off_is_refused_and_the_device_works_on(account):
    phone, tablet = account.device("phone"), account.device("tablet")
    phone.one("put", "meals", "soup", "name=soup")
    phone.sync()
    assert phone.one("sync", "disable") == {"enabled": False}

    message = phone.refused("sync", "once", code="invalid_argument")
    assert "not enabled" in message
    phone.refused("sync", "watch", code="invalid_argument")
    assert phone.status()["phase"] == "disabled"
    phone.one("put", "meals", "soup", "calories=320")
    assert phone.record("meals", "soup") == {"calories": 320, "name": "soup"}
    assert phone.status()["pending_ops"] == 1

    tablet.sync()
    assert tablet.record("meals", "soup") == {"name": "soup"}
    phone.one("sync", "enable")
    sync_all([phone, tablet])
    assert_identical([phone, tablet])


def test_a_dry_run_says_what_would_be_sent_and_sends_nothing(account):
    phone = account.device("phone")
    assert phone.objects("sync", "enable", "--dry-run") == []
    phone.one("put", "meals", "soup", "name=soup", "calories=320")
    phone.one("put", "meals", "stew", "name=stew")
    phone.one("put", "habits", "walk", "name=walk")
    assert phone.objects("sync", "enable", "--dry-run") == [
        {"changes": 2, "collection": "habits", "records": 1},
        {"changes": 5, "collection": "meals", "records": 2},
    ]
    assert phone.status()["pending_ops"] == 7


def test_a_watching_device_sends_what_is_pending_and_takes_what_others_send(account, watching):
    phone, tablet = account.device("phone"), account.device("tablet")
    phone.one("put", "meals", "soup", "name=soup")
    process = watching(phone, "--period", "0.2")
    eventually(lambda: tablet.one("sync", "once") and tablet.record("meals", "soup") == {"name": "soup"})

    tablet.one("put", "meals", "soup", "calories=320")
    tablet.sync()
    eventually(lambda: phone.record("meals", "soup") == {"calories": 320, "name": "soup"})

    process.send_signal(signal.SIGTERM)
    stdout, stderr = process.communicate(timeout=LONG_S)
    assert process.returncode == 0
    assert stderr == ""
    phases = [json.loads(line)["phase"] for line in stdout.splitlines()]
    assert {"connecting", "idle"} <= set(phases)
    assert phone.status()["synced"] is True


def test_while_a_device_watches_a_second_writer_is_refused_and_readers_are_not(account, watching):
    phone = account.device("phone")
    phone.one("put", "meals", "soup", "name=soup")
    process = watching(phone, "--period", "0.2")
    eventually(lambda: phone.status()["synced"])

    for words in (
        ["put", "meals", "stew", "name=stew"],
        ["delete", "meals", "soup"],
        ["sync", "once"],
        ["sync", "disable"],
        ["import", "meals", __file__, "--id", "id"],
    ):
        phone.refused(*words, code="store_locked")
    assert phone.record("meals", "soup") == {"name": "soup"}
    assert phone.objects("list", "meals") == [{"id": "soup", "name": "soup"}]
    assert len(phone.log()) == 2
    assert phone.status()["pending_ops"] == 0

    process.send_signal(signal.SIGINT)
    assert process.wait(LONG_S) == 0
    phone.one("put", "meals", "stew", "name=stew")


def test_a_writer_that_was_killed_locks_nobody_out(account, watching):
    phone = account.device("phone")
    phone.one("put", "meals", "soup", "name=soup")
    process = watching(phone, "--period", "0.2")
    eventually(lambda: phone.status()["synced"])
    process.kill()
    process.wait(LONG_S)
    phone.one("put", "meals", "soup", "calories=320")
    phone.sync()


@pytest.mark.parametrize("kind", ["sqlite", "mariadb"])
def test_three_devices_that_sync_at_the_same_time_lose_no_change(command, folder, health_schema, request, kind):
    account = Account(command, folder, request.getfixturevalue(f"{kind}_backend"), health_schema)
    devices = [account.device(name) for name in ("phone", "tablet", "laptop")]
    rounds = 8
    failures = []

    def live(number, device):
        try:
            for turn in range(rounds):
                device.one("inc", "health_metrics", "day", "water_intake_ml", "1")
                device.one("put", "meals", f"{number}-{turn}", f"name=meal {turn}")
                device.one("put", "meals", "shared", f"protein={number}", f"fats={turn}")
                device.one("add", "habits", "walk", "completed_dates", f"{number}-{turn}")
                device.one("sync", "once")
        except BaseException as failure:  # also an assertion: it belongs to the test, not to the thread
            failures.append(failure)

    threads = [threading.Thread(target=live, args=pair) for pair in enumerate(devices)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []

    sync_all(devices)
    assert_identical(devices)
    assert devices[0].record("health_metrics", "day") == {"water_intake_ml": 3 * rounds}
    assert len(devices[0].objects("list", "meals")) == 3 * rounds + 1
    dates = devices[0].record("habits", "walk")["completed_dates"]
    assert sorted(dates) == sorted(f"{number}-{turn}" for number in range(3) for turn in range(rounds))


def test_a_long_sync_shows_a_bar_on_a_terminal_and_clears_it(account, folder):
    phone = account.device("phone")
    file = folder / "rows.csv"
    file.write_text("id,a\n" + "".join(f"{number},{number}\n" for number in range(10_000)), encoding="utf-8")
    phone.one("import", "journal", file, "--id", "id")
    stdout, shown = on_a_terminal(phone, "sync", "once")
    assert stdout.startswith("sent "), "the bar is not on stdout"
    assert_bar(shown, "syncing")
    assert phone.status()["synced"] is True


def test_a_long_sync_shows_no_bar_where_nobody_looks(account):
    phone = account.device("phone")
    phone.one("put", "meals", "soup", "name=soup")
    assert phone.run("sync", "once", json_output=False).stderr == ""
