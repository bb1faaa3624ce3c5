"""Real health data: imported on devices that are offline, synced, and compared with what the law predicts."""

import csv
import json

import pytest

from conftest import REAL_DATA
from support.account import Account, assert_identical, sync_all
from support.device import Device
from support.law import fold, resolve_lww

STEPS_ID = "Id,ActivityHour"
STEPS_ROWS = 24_084
OTHERS = [("daily_activity", "Id,Date", 940), ("sleep_day", "Id,SleepDay", 410), ("weight_log", "Id,Date", 33)]


def read_csv(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write_csv(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def cell_value(cell):
    """What a cell of these files means: a boolean, a number or text."""
    if cell in ("TRUE", "FALSE"):
        return cell == "TRUE"
    for number in (int, float):
        try:
            return number(cell)
        except ValueError:
            continue
    return cell


def records_of(rows, id_columns):
    """What an import of these rows means: {record: {field: value}}, where an empty cell is no field."""
    return {
        ",".join(row[column] for column in id_columns.split(",")): {
            name: cell_value(cell) for name, cell in row.items() if cell != ""
        }
        for row in rows
    }


def ndjson(records):
    """The export that these records come to: records and fields in ascending order of their bytes."""
    lines = []
    for record in sorted(records, key=str.encode):
        fields = {name: records[record][name] for name in sorted(records[record], key=str.encode)}
        lines.append(json.dumps({"id": record, **fields}, separators=(",", ":"), ensure_ascii=False) + "\n")
    return "".join(lines)


def field_stamps(device, collection):
    """{(record, field): stamp} of a device's own writes."""
    return {
        (entry["record"], entry["field"]): entry["stamp"]
        for entry in device.log(collection)
        if entry["field"] != ""
    }


@pytest.fixture(scope="module")
def steps():
    rows = read_csv(REAL_DATA / "hourly_steps.csv")
    assert len(rows) == STEPS_ROWS
    assert len(records_of(rows, STEPS_ID)) == STEPS_ROWS
    return rows


def test_two_halves_that_overlap_merge_as_the_stamps_say(command, folder, each_backend, health_schema, steps):
    account = Account(command, folder, each_backend, health_schema)
    phone, tablet = account.device("phone"), account.device("tablet")
    overlap = range(STEPS_ROWS * 45 // 100, STEPS_ROWS * 55 // 100)
    middle = overlap[len(overlap) // 2]
    others = [{**row, "StepTotal": str(int(row["StepTotal"]) + 100_000)} for row in steps]
    phone_rows, tablet_rows = steps[: overlap.stop], others[overlap.start :]

    # Of the rows that both have, the tablet writes one part before the phone and the other part after it.
    early = write_csv(folder / "early.csv", others[overlap.start : middle])
    phones = write_csv(folder / "phone.csv", phone_rows)
    late = write_csv(folder / "late.csv", others[middle:])
    assert tablet.one("import", "steps", early, "--id", STEPS_ID)["written"] == middle - overlap.start
    assert phone.one("import", "steps", phones, "--id", STEPS_ID)["written"] == len(phone_rows)
    assert tablet.one("import", "steps", late, "--id", STEPS_ID)["written"] == STEPS_ROWS - middle

    written = [
        (records_of(phone_rows, STEPS_ID), field_stamps(phone, "steps")),
        (records_of(tablet_rows, STEPS_ID), field_stamps(tablet, "steps")),
    ]
    winners = {}
    for records, stamps in written:
        for record, fields in records.items():
            for field, value in fields.items():
                stamp = stamps[record, field]
                if stamp > winners.get((record, field), ("", None))[0]:
                    winners[record, field] = (stamp, value)
    predicted = {}
    for (record, field), (_, value) in winners.items():
        predicted.setdefault(record, {})[field] = value
    assert len(predicted) == STEPS_ROWS
    both = records_of(steps[overlap.start : overlap.stop], STEPS_ID)
    taken = [predicted[record]["StepTotal"] < 100_000 for record in both]
    assert any(taken) and not all(taken), "each device wins some of what both wrote"

    sync_all([phone, tablet])

    assert_identical([phone, tablet])
    assert phone.export("steps") == ndjson(predicted)
    for device in (phone, tablet):
        assert len(device.export("steps").splitlines()) == STEPS_ROWS
        folded = resolve_lww(fold(entry for entry in device.log() if entry["collection"] == "steps"))
        assert folded == {("steps", record): fields for record, fields in predicted.items()}
        # Of each row that both wrote, one value lost to the other, and the journal has it.
        lost = {conflict["record"]: (conflict["lost"], conflict["kept"]) for conflict in device.objects("conflicts")}
        assert set(lost) == set(both)
        assert all(kept == predicted[record]["StepTotal"] != value for record, (value, kept) in lost.items())


@pytest.mark.parametrize(("collection", "id_columns", "count"), OTHERS, ids=[name for name, _, _ in OTHERS])
def test_an_import_holds_every_cell_of_the_file(command, folder, collection, id_columns, count):
    device = Device(command, folder / "device")
    device.one("init")
    path = REAL_DATA / f"{collection}.csv"
    expected = records_of(read_csv(path), id_columns)
    assert len(expected) == count, "the columns name each row once"

    assert device.one("import", collection, path, "--id", id_columns) == {"rows": count, "written": count}

    exported = {}
    for line in device.export(collection).splitlines():
        fields = json.loads(line)
        exported[fields.pop("id")] = fields
    assert exported == expected


def test_an_export_imported_elsewhere_gives_the_identical_export(command, folder):
    first, second = Device(command, folder / "first"), Device(command, folder / "second")
    for device in (first, second):
        device.one("init")
    for collection, id_columns, _ in OTHERS:
        first.one("import", collection, REAL_DATA / f"{collection}.csv", "--id", id_columns)
    exported = first.export()
    file = folder / "everything.ndjson"
    file.write_text(exported)

    second.one("import", "*", file)

    assert second.export() == exported
