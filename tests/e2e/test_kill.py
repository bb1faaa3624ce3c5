"""SIGKILL at random moments loses nothing that was acknowledged, and nothing has to be repaired after it."""

import json

import pytest

from support.account import Account, assert_identical, sync_all
from support.backend import Backend
from support.device import Device
from support.kills import KILLS_MIN, PARTIAL_MIN, SEED, Kills
from support.law import fold, resolve_lww

# How many have to hit; a test goes on until it has its own.
IMPORT_KILLS = 48
PUSH_KILLS = 18
PULL_KILLS = 12
BACKEND_KILLS = {"sqlite": 16, "mariadb": 8}
assert IMPORT_KILLS + PUSH_KILLS + PULL_KILLS + sum(BACKEND_KILLS.values()) >= KILLS_MIN
TOO_LATE = "the kills come too late, or never inside the work"
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
    attempt = 0
    while not kills.enough("import", IMPORT_KILLS):
        attempt += 1
        assert attempt < 10 * IMPORT_KILLS, TOO_LATE
        # The later imports write over the rows of earlier ones.
        collection = f"rows{attempt % 5}"
        expected = write_rows(file, count, attempt * count)
        hit = kills.strikes_command("import", device.start("import", collection, file, "--id", "id"))

        found = records(device, collection)
        before = acknowledged.get(collection, {})
        names = sorted(expected)
        new = [name for name in names if found.get(name) == expected[name]]
        assert new == names[: len(new)], "what is there is the beginning of the file"
        assert len(new) % ROWS_PER_COMMIT == 0, "a transaction is there in part"
        assert hit or len(new) == count, "an import that ended is there as a whole"
        if hit:
            kills.left("import", len(new), count)
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


def test_a_killed_push_goes_on_where_it_was(command, folder, sqlite_backend, health_schema, kills):
    account = Account(command, folder, sqlite_backend, health_schema)
    phone, tablet = account.device("phone"), account.device("tablet")
    file = folder / "rows.csv"
    attempt = 0
    while not kills.enough("push", PUSH_KILLS):
        attempt += 1
        assert attempt < 10 * PUSH_KILLS, TOO_LATE
        if phone.status()["pending_ops"] == 0:
            write_rows(file, 8_000, attempt * 10_000)
            phone.one("import", "measured", file, "--id", "id")
        before = phone.status()["pending_ops"]
        shown = phone.export()
        hit = kills.strikes_command("push", phone.start("sync", "once"))

        status = phone.status()
        assert hit or status["synced"]
        assert not (status["synced"] and status["pending_ops"])
        assert phone.export() == shown, "a push changes nothing on the device"
        if hit:
            kills.left("push", before - status["pending_ops"], before)

    sync_all([phone, tablet])
    assert_identical([phone, tablet])
    assert_log_folds_to_what_is_shown(phone)
    assert_log_folds_to_what_is_shown(tablet)


def test_a_killed_pull_goes_on_where_it_was(command, folder, sqlite_backend, health_schema, kills):
    account = Account(command, folder, sqlite_backend, health_schema)
    phone, tablet = account.device("phone"), None
    file = folder / "rows.csv"
    expected = write_rows(file, 8_000, 0)
    phone.one("import", "measured", file, "--id", "id")
    phone.sync()
    whole = len(phone.log())

    attempt = 0
    while not kills.enough("pull", PULL_KILLS):
        attempt += 1
        assert attempt < 10 * PULL_KILLS, TOO_LATE
        if tablet is None:
            tablet, before = account.device(f"tablet{attempt}"), []
        hit = kills.strikes_command("pull", tablet.start("sync", "once"))

        log = tablet.log()
        assert log[: len(before)] == before, "what had arrived stays"
        assert records(tablet, "measured").items() <= expected.items()
        if hit:
            kills.left("pull", len(log) - len(before), whole - len(before))
        before = log
        if len(log) == whole:
            tablet.sync()
            assert len(tablet.log()) == whole, "nothing arrives twice"
            assert_identical([phone, tablet])
            assert_log_folds_to_what_is_shown(tablet)
            tablet = None


@pytest.mark.parametrize("kind", BACKEND_KILLS)
def test_a_killed_backend_has_what_it_acknowledged(command, folder, workplace, root, health_schema, kills, kind):
    what = f"backend on {kind}"
    backend = Backend(root, workplace / f"killed-{kind}", kind).start()
    try:
        account = Account(command, folder, backend, health_schema)
        phone, tablet = account.device("phone"), account.device("tablet")
        file = folder / "rows.csv"
        kept = {}
        held = unheard = attempt = 0
        while not kills.enough(what, BACKEND_KILLS[kind]):
            attempt += 1
            assert attempt < 10 * BACKEND_KILLS[kind], TOO_LATE
            collection = f"measured{attempt % 4}"  # what is pending is not written again
            kept[collection] = write_rows(file, 5_000, attempt * 10_000)
            phone.one("import", collection, file, "--id", "id")
            pending = phone.status()["pending_ops"]
            sync = phone.start("sync", "once")
            hit = kills.strikes(what, sync, backend.kill)
            if hit:
                _, message = sync.communicate()
                # It may have had its last reply in that very moment; then there is nothing to say.
                assert sync.returncode in (0, 1), message
                assert sync.returncode == 0 or message.startswith("syncline: "), message
                assert phone.status()["synced"] is (sync.returncode == 0)
                assert records(phone, collection) == kept[collection]
                backend.start()

            # All that the server ever took reached the other device, which writes nothing.
            tablet.sync()
            committed = tablet.status()["synced_sequence"] - held
            held += committed
            if hit:
                kills.left(what, committed, pending - unheard)
            # What the server holds and the phone has still to hear of. It sends that again.
            unheard += committed - (pending - phone.status()["pending_ops"])
            assert unheard >= 0, "the server acknowledged what it does not hold"
            kills.replays += unheard > 0
            if attempt % 4 == 0:  # else the next push begins with what this one left
                phone.sync()
                tablet.sync()
                held, unheard = tablet.status()["synced_sequence"], 0
                assert held == phone.log()[-1]["sequence"], "what was sent again was not taken again"
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


def test_a_hundred_kills_hit_and_some_of_each_kind_fell_inside_the_work(kills, capsys):
    with capsys.disabled():
        print(f"\nseed {SEED}: {kills.total} kills hit, {kills.hits}; the work was done in part by {kills.partial}")
        print(f"after {kills.replays} kills of a backend it held ops that the device still had as pending")
    assert kills.total >= KILLS_MIN, "a test before this one ended before it had its kills"
    assert kills.partial.keys() == kills.hits.keys()
    assert min(kills.partial.values()) >= PARTIAL_MIN, kills.partial
