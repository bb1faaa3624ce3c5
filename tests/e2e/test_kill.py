"""SIGKILL at random moments loses nothing that was acknowledged, and nothing has to be repaired after it."""

import json

import pytest

from support.account import Account, assert_identical, sync_all
from support.backend import Backend
from support.device import Device
from support.kills import KILLS_MIN, SEED, Kills
from support.law import fold, resolve_lww

IMPORT_KILLS = 48
PUSH_KILLS = 15
PULL_KILLS = 10
BACKEND_KILLS = {"sqlite": 22, "mariadb": 8}
ROWS_PER_COMMIT = 1_000


@pytest.fixture(scope="module")
def kills():
    return Kills()


def write_rows(path, count, value):
    """A CSV file of so many rows; returns the records that it means."""
    with open(path, "w", encoding="utf-8") as file:
        file.write("id,value\n")
        file.writelines(f"{number:06},{value + number}\n" for number in range(count))
    return {f"{number:06}": {"value": value + number} for number in range(count)}


def records(device, collection):
    found = {}
    for line in device.export(collection).splitlines():
        fields = json.loads(line)
        found[fields.pop("id")] = fields
    return found


def assert_log_folds_to_what_is_shown(device):
    shown = {}
    for line in device.export().splitlines():
        fields = json.loads(line)
        shown[fields.pop("collection"), fields.pop("id")] = fields
    assert resolve_lww(fold(device.log())) == shown


def test_a_killed_import_leaves_whole_transactions(command, folder, kills):
    device = Device(command, folder / "device")
    device.one("init")
    file = folder / "rows.csv"
    count = 8 * ROWS_PER_COMMIT
    acknowledged = {}
    attempt = hits = 0
    while hits < IMPORT_KILLS:
        attempt += 1
        assert attempt < 10 * IMPORT_KILLS, "the kills come too late"
        # The later imports write over the rows of earlier ones.
        collection = f"rows{attempt % 5}"
        expected = write_rows(file, count, attempt * count)
        hit = kills.strikes_command("import", device.start("import", collection, file, "--id", "id"))
        hits += hit

        found = records(device, collection)
        before = acknowledged.get(collection, {})
        names = sorted(expected)
        new = [name for name in names if found.get(name) == expected[name]]
        assert new == names[: len(new)], "what is there is the beginning of the file"
        assert len(new) % ROWS_PER_COMMIT == 0, "a transaction is there in part"
        assert hit or len(new) == count, "an import that ended is there as a whole"
        assert {name: found.get(name) for name in names[len(new) :]} == {
            name: before.get(name) for name in names[len(new) :]
        }, "the rows after that are as they were"
        acknowledged[collection] = found

    for collection, expected in acknowledged.items():
        assert records(device, collection) == expected
    assert_log_folds_to_what_is_shown(device)
    # Again and not killed, it only does what is left to do.
    expected = write_rows(file, count, attempt * count)
    collection = f"rows{attempt % 5}"
    done = sum(acknowledged[collection].get(name) == expected[name] for name in expected)
    assert device.one("import", collection, file, "--id", "id") == {"rows": count, "written": count - done}
    assert records(device, collection) == expected


def test_a_killed_sync_goes_on_where_it_was(command, folder, sqlite_backend, health_schema, kills):
    account = Account(command, folder, sqlite_backend, health_schema)
    phone, tablet = account.device("phone"), account.device("tablet")
    file = folder / "rows.csv"
    phone.one("put", "notes", "one", "text=hello")
    sync_all([phone, tablet])
    write_rows(file, 4_000, 0)
    phone.one("import", "measured", file, "--id", "id")
    phone.sync()

    pushed = pulled = attempt = 0
    while pushed < PUSH_KILLS or pulled < PULL_KILLS:
        attempt += 1
        assert attempt < 10 * (PUSH_KILLS + PULL_KILLS), "the kills come too late"
        if phone.status()["pending_ops"] == 0:
            write_rows(file, 4_000, attempt * 10_000)
            phone.one("import", "measured", file, "--id", "id")
        if pushed < PUSH_KILLS:
            before = phone.status()["pending_ops"]
            shown = phone.export()
            pushed += kills.strikes_command("push", phone.start("sync", "once"))
            status = phone.status()
            assert status["pending_ops"] <= before
            assert not (status["synced"] and status["pending_ops"])
            assert phone.export() == shown, "a push changes nothing on the device"
        if pulled < PULL_KILLS:
            lines = tablet.export().splitlines()
            pulled += kills.strikes_command("pull", tablet.start("sync", "once"))
            assert len(tablet.export().splitlines()) >= len(lines), "what had arrived stays"

    sync_all([phone, tablet])
    fresh = account.device("fresh")
    fresh.sync()
    assert_identical([phone, tablet, fresh])
    assert_log_folds_to_what_is_shown(phone)
    assert_log_folds_to_what_is_shown(fresh)


@pytest.mark.parametrize("kind", BACKEND_KILLS)
def test_a_killed_backend_has_what_it_acknowledged(command, folder, workplace, root, health_schema, kills, kind):
    backend = Backend(root, workplace / f"killed-{kind}", kind).start()
    try:
        account = Account(command, folder, backend, health_schema)
        phone, tablet = account.device("phone"), account.device("tablet")
        file = folder / "rows.csv"
        write_rows(file, 2_000, 0)
        phone.one("import", "measured", file, "--id", "id")
        phone.sync()
        kept = {}
        hits = attempt = 0
        while hits < BACKEND_KILLS[kind]:
            attempt += 1
            assert attempt < 10 * BACKEND_KILLS[kind], "the kills come too late"
            collection = f"measured{attempt % 3}"
            kept[collection] = write_rows(file, 2_000, attempt * 10_000)
            phone.one("import", collection, file, "--id", "id")
            sync = phone.start("sync", "once")
            if kills.strikes(f"backend on {kind}", sync, backend.kill):
                hits += 1
                _, message = sync.communicate()
                # It may have had its last reply in that very moment; then there is nothing to say.
                assert sync.returncode in (0, 1), message
                assert sync.returncode == 0 or message.startswith("syncline: "), message
                assert phone.status()["synced"] is (sync.returncode == 0)
                assert records(phone, collection) == kept[collection]
                backend.start()

            if attempt % 4 == 0:  # else the next push begins with what this one left
                phone.sync()
                tablet.sync()
                assert_identical([phone, tablet])

        sync_all([phone, tablet])
        fresh = account.device("fresh")
        fresh.sync()
        assert_identical([phone, tablet, fresh])
        for collection, expected in kept.items():
            assert records(fresh, collection) == expected
        assert_log_folds_to_what_is_shown(fresh)
    finally:
        backend.stop()


def test_a_hundred_kills_hit_something(kills, capsys):
    with capsys.disabled():
        print(f"\nseed {SEED}: {kills.total} kills hit, {kills.hits}")
    assert kills.total >= KILLS_MIN
