"""Backup, restore and compaction by the command, with the device that was backed up gone or alive."""

import os
import resource
import signal
import subprocess

import pytest

from support.account import assert_identical, sync_all
from support.device import Device
from support.terminal import interrupted_at


def water(device, amount):
    device.one("inc", "health_metrics", "2026-11-23", "water_intake_ml", amount)


def drunk(device):
    return device.record("health_metrics", "2026-11-23")["water_intake_ml"]


def back_up(device, folder, name="backup"):
    made = device.one("backup", folder / name)
    assert made == {"file": str(folder / name), "bytes": (folder / name).stat().st_size}
    return folder / name


def restored(account, folder, backup, name="restored"):
    """The device that a backup becomes, logged in and with sync on."""
    device = Device(account.command, folder / name, account)
    device.one("restore", backup)
    device.one(*account.login_words("login"))
    device.one("sync", "enable")
    return device


def test_a_restored_database_exports_the_same(device, folder):
    device.one("put", "meals", "lunch", "name=soup")
    water(device, 250)
    backup = back_up(device, folder)
    copy = Device(device.command, folder / "copy")
    answer = copy.one("restore", backup)
    assert answer["pending_ops"] == answer["changes"] == device.status()["pending_ops"]
    assert answer["replica"] != answer["restored_from"]
    assert copy.export() == device.export()
    assert copy.status()["phase"] == "disabled"


def test_a_backup_in_a_folder_is_named_by_the_time(device, folder):
    (folder / "shelf").mkdir()
    device.one("put", "meals", "lunch", "name=soup")
    file = device.one("backup", folder / "shelf")["file"]
    assert file.startswith(str(folder / "shelf" / "syncline-20")) and file.endswith(".backup")
    assert os.listdir(folder / "shelf") == [os.path.basename(file)]
    assert os.stat(file).st_mode & 0o777 == 0o600


def test_a_backup_is_made_while_the_app_has_the_database_open(account, folder):
    device = account.device("phone")
    watching = device.start("sync", "watch", stdout=subprocess.PIPE)
    try:
        watching.stdout.readline()
        back_up(device, folder)
    finally:
        watching.send_signal(signal.SIGTERM)
        watching.communicate(timeout=60)
    copy = Device(device.command, folder / "copy")
    copy.one("restore", folder / "backup")
    assert copy.export() == device.export()


def test_each_backup_is_one_moment_while_another_process_writes(device, folder):
    rows = 20_000
    with open(folder / "rows", "w", encoding="utf-8") as file:
        file.writelines(f'{{"id": "r{number:05}", "name": "soup {number}"}}\n' for number in range(rows))
    writing = device.start("import", "meals", folder / "rows", stdout=subprocess.DEVNULL)
    backups = []
    while writing.poll() is None:
        backups.append(back_up(device, folder, f"backup{len(backups)}"))
    assert writing.returncode == 0
    backups.append(back_up(device, folder, "last"))
    assert len(backups) > 1
    counts = []
    for backup in (backups[0], backups[len(backups) // 2], backups[-1]):
        copy = Device(device.command, folder / (backup.name + "-copy"))
        copy.one("restore", backup)
        assert copy.one("verify")["faults"] == 0
        names = [record["id"] for record in copy.objects("export", "meals")]
        assert names == [f"r{number:05}" for number in range(len(names))]
        counts.append(len(names))
    assert counts == sorted(counts) and counts[-1] == rows


def test_nothing_that_is_there_is_overwritten(device, folder):
    backup = back_up(device, folder)
    before = backup.read_bytes()
    device.refused("backup", backup, code="store_exists")
    assert backup.read_bytes() == before
    device.refused("restore", backup, code="store_exists")
    device.refused("restore", folder / "none", code="store_exists")
    Device(device.command, folder / "new").refused("restore", folder / "none", code="store_missing")


def test_a_backup_holds_no_login(account, folder):
    device = account.device("phone")
    token = device.account_file().read_text()
    backup = back_up(device, folder)
    assert account.email.encode() not in backup.read_bytes()
    copy = Device(device.command, folder / "copy")
    copy.one("restore", backup)
    assert not copy.account_file().exists()
    copy.refused("sync", "once", code="not_logged_in")
    assert device.account_file().read_text() == token


def test_a_backup_takes_in_no_other_account(account, folder):
    device = account.device("phone")
    copy = Device(account.command, folder / "copy")
    copy.one("restore", back_up(device, folder))
    copy.refused(*account.login_words("register"), code="invalid_argument")


def test_what_was_pending_arrives_when_the_device_is_lost(account, folder):
    phone = account.device("phone")
    tablet = account.device("tablet")
    water(phone, 250)
    sync_all([phone, tablet])
    water(phone, 100)
    replacement = restored(account, folder, back_up(phone, folder))
    water(replacement, 7)
    sync_all([replacement, tablet])
    assert drunk(tablet) == 357
    assert_identical([replacement, tablet])


@pytest.mark.parametrize("original_first", [True, False])
def test_a_device_and_its_restored_copy_lose_no_increment(account, folder, original_first):
    phone = account.device("phone")
    water(phone, 1)
    phone.sync()
    water(phone, 10)
    clone = restored(account, folder, back_up(phone, folder))
    water(phone, 100)
    water(clone, 1000)
    phone.one("put", "meals", "lunch", "name=soup")
    clone.one("put", "meals", "dinner", "name=stew")
    sync_all([phone, clone] if original_first else [clone, phone])
    assert drunk(phone) == drunk(clone) == 1111
    assert_identical([phone, clone])


def test_what_a_fast_clock_stamped_comes_back_by_no_copy(account, folder):
    phone = account.device("phone")
    phone.one("inc", "health_metrics", "2026-11-23", "water_intake_ml", 5, clock="+10m")
    backup = back_up(phone, folder)
    assert phone.sync()["restamped_ops"] > 0
    water(phone, 10)
    phone.sync()
    clone = restored(account, folder, backup)
    water(clone, 100)
    sync_all([clone, phone])
    assert drunk(phone) == drunk(clone) == 115
    assert_identical([phone, clone])


def test_a_full_disk_leaves_no_backup(device, folder):
    device.one("put", "meals", "lunch", "name=" + "x" * 60_000)
    (folder / "shelf").mkdir()
    limited = subprocess.run(
        device.arguments("backup", folder / "shelf" / "backup"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=lambda: (
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN),
            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY)),
        ),
    )
    assert limited.returncode == 1
    assert limited.stderr.endswith("(store_full)\n")
    assert os.listdir(folder / "shelf") == []


def test_compaction_gives_space_back_and_keeps_every_record(device, folder):
    for number in range(12):
        device.one("put", "meals", "lunch", f"name={number}" + "x" * 50_000)
    with open(folder / "rows", "w", encoding="utf-8") as rows:
        rows.writelines(f'{{"id": "r{number}", "name": "{"y" * 500}"}}\n' for number in range(2000))
    device.objects("import", "meals", folder / "rows")
    for number in range(0, 2000, 200):
        device.one("delete", "meals", f"r{number}")
    before = device.export()
    size = (device.folder / "data.mdb").stat().st_size
    answer = device.one("compact")
    assert answer["before_bytes"] == size
    assert answer["after_bytes"] == (device.folder / "data.mdb").stat().st_size < size
    assert device.export() == before
    water(device, 5)
    assert drunk(device) == 5


def fill(device, folder):
    """So much that every bar is there for a while."""
    with open(folder / "rows", "w", encoding="utf-8") as rows:
        rows.writelines(f'{{"id": "r{number}", "name": "soup {number}"}}\n' for number in range(20_000))
    device.objects("import", "meals", folder / "rows")


@pytest.mark.parametrize("bar", ["checking pages", "looking through the log"])
def test_a_compaction_that_is_interrupted_keeps_every_record(device, folder, bar):
    fill(device, folder)
    before = device.export()
    outcome = interrupted_at(device, bar, "compact")
    assert (outcome.exit_code, outcome.stdout) == (1, "") and "(cancelled)" in outcome.stderr
    assert sorted(path.name for path in device.folder.glob("*.partial")) == []
    assert device.one("verify")["faults"] == 0
    assert device.export() == before
    device.one("compact")
    assert device.export() == before


def test_a_backup_that_is_interrupted_leaves_nothing(device, folder):
    fill(device, folder)
    (folder / "shelf").mkdir()
    outcome = interrupted_at(device, "checking pages", "backup", folder / "shelf" / "backup")
    assert outcome.exit_code == 1 and "(cancelled)" in outcome.stderr
    assert os.listdir(folder / "shelf") == []


def test_compaction_is_refused_while_the_app_runs(account):
    device = account.device("phone")
    watching = device.start("sync", "watch", stdout=subprocess.PIPE)
    try:
        watching.stdout.readline()
        device.refused("compact", code="store_locked")
    finally:
        watching.send_signal(signal.SIGTERM)
        watching.communicate(timeout=60)
    device.one("compact")
