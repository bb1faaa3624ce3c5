"""Devices that write conflicting things while they are offline end with the same, and with what spec/merge.md says."""

import dataclasses
import shlex

import pytest

from support.account import Account, assert_identical, sync_all

NO_RECORD = None


@dataclasses.dataclass(frozen=True)
class Case:
    """A conflict. Each write is `DEVICE COMMAND WORD...`, in the order of time, on one record."""

    name: str
    collection: str
    past: tuple  # what all devices know before they lose the network
    writes: tuple
    expected: object


CASES = [
    # lww
    Case(
        "the later value wins though it is synced later",
        "health_metrics",
        ["phone put weight_kg=81.0"],
        ["phone put weight_kg=80.1", "tablet put weight_kg=79.5"],
        {"weight_kg": 79.5},
    ),
    Case(
        "the later value wins though it is synced earlier",
        "health_metrics",
        ["phone put weight_kg=81.0"],
        ["tablet put weight_kg=79.5", "phone put weight_kg=80.1"],
        {"weight_kg": 80.1},
    ),
    Case(
        "the latest of three devices wins",
        "health_metrics",
        ["phone put mood=fair"],
        ["laptop put mood=good", "tablet put mood=bad", "phone put mood=great"],
        {"mood": "great"},
    ),
    Case(
        "different fields of one record are both kept",
        "health_metrics",
        ["phone put mood=fair steps=1"],
        ["phone put mood=good", "laptop put steps=8412"],
        {"mood": "good", "steps": 8412},
    ),
    Case(
        "a later null replaces a value",
        "meals",
        ["phone put extra='[1]'"],
        ["phone put extra='[1,2]'", "tablet put extra=null"],
        {"extra": None},
    ),
    Case(
        "an array of a last-write-wins field is taken whole",
        "medications",
        ["phone put times='[8]'"],
        ["tablet put times='[8,12]'", "phone put times='[8,20]'"],
        {"times": [8, 20]},
    ),
    Case(
        "a field and a collection that no schema names are last-write-wins",
        "journal",
        ["phone put text=first"],
        ["tablet put text=second tag=1", "laptop put text=third"],
        {"tag": 1, "text": "third"},
    ),
    # group
    Case(
        "the parts of a group win together",
        "health_metrics",
        ["phone put systolic=128 diastolic=84"],
        ["phone put systolic=135 diastolic=88", "laptop put systolic=121 diastolic=79"],
        {"diastolic": 79, "systolic": 121},
    ),
    Case(
        "a part written alone takes the other part along as it was seen",
        "health_metrics",
        ["phone put systolic=128 diastolic=84"],
        ["phone put systolic=135", "laptop put diastolic=79"],
        {"diastolic": 79, "systolic": 128},
    ),
    # merge_text
    Case(
        "notes that were written apart are joined in the order of time",
        "health_metrics",
        ["phone put notes=tired"],
        ["laptop put notes='slept badly'", "phone put notes='walked 5 km'"],
        {"notes": "slept badly\n\nwalked 5 km"},
    ),
    Case(
        "a note that has seen the one before replaces it",
        "exercises",
        ["phone put notes=first", "tablet put notes=second"],
        ["tablet put notes=third"],
        {"notes": "third"},
    ),
    # list
    Case(
        "items that two devices add to a list are not mixed",
        "meals",
        ["phone add ingredients leek"],
        [
            *("phone add ingredients salt", "tablet add ingredients rice", "phone add ingredients pepper"),
            *("tablet add ingredients peas", "laptop insert ingredients 0 water"),
        ],
        {"ingredients": ["water", "leek", "salt", "pepper", "rice", "peas"]},
    ),
    Case(
        "an item that two devices move is at the place of the later move",
        "meals",
        ["phone add ingredients a b c d"],
        ["phone move ingredients 0 2", "tablet move ingredients 0 3"],
        {"ingredients": ["b", "c", "d", "a"]},
    ),
    Case(
        "an item that is moved and edited is both, and one that is removed is gone",
        "meals",
        ["phone add ingredients a b c"],
        ["phone move ingredients 0 2", "tablet put_at ingredients 0 A", "laptop remove_at ingredients 1"],
        {"ingredients": ["c", "A"]},
    ),
    # min and max
    Case(
        "the least value stays though greater ones come later",
        "health_metrics",
        ["phone put lowest_heart_rate=54"],
        ["tablet put lowest_heart_rate=49", "phone put lowest_heart_rate=52", "laptop put lowest_heart_rate=55"],
        {"lowest_heart_rate": 49},
    ),
    Case(
        "the greatest value stays though less ones come later",
        "habits",
        ["phone put longest_streak=5"],
        ["tablet put longest_streak=14", "phone put longest_streak=9", "laptop put longest_streak=7"],
        {"longest_streak": 14},
    ),
    Case(
        "a least value of before a deletion does not come back",
        "health_metrics",
        ["phone put lowest_heart_rate=54"],
        ["phone delete", "phone put lowest_heart_rate=60", "tablet put lowest_heart_rate=40"],
        {"lowest_heart_rate": 60},
    ),
    # counter
    Case(
        "what all devices added is summed",
        "health_metrics",
        ["phone inc water_intake_ml 500"],
        ["phone inc water_intake_ml 250", "tablet inc water_intake_ml 300", "laptop inc water_intake_ml -100"],
        {"water_intake_ml": 950},
    ),
    Case(
        "a counter that is set counts as the difference",
        "health_metrics",
        ["phone inc water_intake_ml 500"],
        ["phone put water_intake_ml=1000", "tablet inc water_intake_ml 300"],
        {"water_intake_ml": 1300},
    ),
    Case(
        "a counter can go below zero",
        "health_metrics",
        [],
        ["phone inc water_intake_ml -200", "tablet inc water_intake_ml 50"],
        {"water_intake_ml": -150},
    ),
    Case(
        "a counter begins anew after a deletion",
        "health_metrics",
        ["phone inc water_intake_ml 500"],
        ["phone delete", "phone inc water_intake_ml 100", "tablet inc water_intake_ml 300"],
        {"water_intake_ml": 100},
    ),
    # set
    Case(
        "an addition wins over a removal that has not seen it",
        "medications",
        ["phone add side_effects nausea headache"],
        ["laptop add side_effects nausea", "phone remove side_effects nausea headache"],
        {"side_effects": ["nausea"]},
    ),
    Case(
        "an item that two devices add is there once",
        "medications",
        ["phone put name=x"],
        ["phone add side_effects rash", "tablet add side_effects rash dizziness"],
        {"name": "x", "side_effects": ["dizziness", "rash"]},
    ),
    Case(
        "a set that is put whole keeps what others add meanwhile",
        "habits",
        ["phone add completed_dates 2026-01-01 2026-01-02"],
        ["laptop add completed_dates 2026-01-03", """phone put completed_dates='["2026-01-02"]'"""],
        {"completed_dates": ["2026-01-02", "2026-01-03"]},
    ),
    Case(
        "a set that loses its last item is empty and not absent",
        "habits",
        ["phone add completed_dates 2026-01-01"],
        ["phone remove completed_dates 2026-01-01", "tablet remove completed_dates 2026-01-01"],
        {"completed_dates": []},
    ),
    # map
    Case(
        "the keys of a map are kept from all devices and the later value wins in each",
        "health_metrics",
        ["phone put body_measurements.chest=101"],
        [
            "phone put body_measurements.waist=84",
            "tablet put body_measurements.hips=97.5",
            "laptop put body_measurements.neck=38 body_measurements.waist=83.5",
        ],
        {"body_measurements": {"chest": 101, "hips": 97.5, "neck": 38, "waist": 83.5}},
    ),
    Case(
        "a map that is put whole removes only the keys that it has seen",
        "health_metrics",
        ["phone put body_measurements.chest=101 body_measurements.neck=40"],
        ["tablet put body_measurements.hips=97", """phone put body_measurements='{"neck":39}'"""],
        {"body_measurements": {"hips": 97, "neck": 39}},
    ),
    # records
    Case(
        "a record that two devices create keeps the fields of both",
        "health_metrics",
        [],
        ["phone put date=2026-03-02 weight_kg=79.8", "tablet put date=2026-03-02 sleep_hours=7.5"],
        {"date": "2026-03-02", "sleep_hours": 7.5, "weight_kg": 79.8},
    ),
    Case(
        "a record that three devices create takes the latest of a common field",
        "health_metrics",
        [],
        ["laptop put mood=a steps=1", "phone put mood=b", "tablet put mood=c sleep_quality=4"],
        {"mood": "c", "sleep_quality": 4, "steps": 1},
    ),
    Case(
        "an edit later than a deletion loses by default",
        "meals",
        ["phone put name=soup calories=320"],
        ["phone delete", "tablet put calories=350"],
        NO_RECORD,
    ),
    Case(
        "an edit earlier than a deletion loses by default",
        "meals",
        ["phone put name=soup calories=320"],
        ["tablet put calories=350", "phone delete"],
        NO_RECORD,
    ),
    Case(
        "increments and additions lose to a deletion too",
        "health_metrics",
        ["phone inc water_intake_ml 500"],
        ["laptop delete", "phone inc water_intake_ml 10", "tablet put body_measurements.waist=80"],
        NO_RECORD,
    ),
    Case(
        "an edit later than a deletion revives where the schema says so",
        "medications",
        ["phone put name=Ibuprofen dosage='200 mg'"],
        ["phone delete", "laptop put dosage='400 mg'"],
        {"dosage": "400 mg"},
    ),
    Case(
        "an edit earlier than a deletion loses though edits revive",
        "medications",
        ["phone put name=Ibuprofen dosage='200 mg'"],
        ["laptop put dosage='400 mg'", "phone delete"],
        NO_RECORD,
    ),
    Case(
        "a record that two devices delete is gone",
        "meals",
        ["phone put name=soup"],
        ["phone delete", "laptop delete"],
        NO_RECORD,
    ),
    Case(
        "a record that is created anew has nothing of before its deletion",
        "meals",
        ["phone put name=soup calories=320 protein=9"],
        ["tablet put protein=11", "phone delete", "phone put name=stew"],
        {"name": "stew"},
    ),
    Case(
        "a record that is created anew takes an edit made after its deletion",
        "meals",
        ["phone put name=soup calories=320"],
        ["phone delete", "phone put name=stew", "tablet put calories=350"],
        {"calories": 350, "name": "stew"},
    ),
]


def write(devices, lines_of):
    """Writes what `lines_of` picks from every case."""
    for number, case in enumerate(CASES):
        for line in lines_of(case):
            name, verb, *words = shlex.split(line)
            devices[name].one(verb, case.collection, f"case {number}", *words)


@pytest.fixture(scope="module")
def devices(command, new_folder, each_backend, health_schema):
    """Three devices of one account that lived through all cases, each on a record of its own."""
    account = Account(command, new_folder(), each_backend, health_schema)
    made = {name: account.device(name) for name in ("phone", "tablet", "laptop")}
    write(made, lambda case: case.past)
    sync_all(made.values())
    write(made, lambda case: case.writes)
    sync_all(made.values())
    return made


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda number: CASES[number].name.replace(" ", "_"))
def test_a_conflict_ends_on_all_devices_as_the_law_says(devices, number):
    case = CASES[number]
    for device in devices.values():
        assert device.record(case.collection, f"case {number}") == case.expected


def test_devices_that_conflicted_export_the_same_bytes(devices):
    exported = assert_identical(devices.values())
    assert exported.count("\n") == sum(case.expected is not NO_RECORD for case in CASES)


def test_a_new_device_gets_the_same_as_those_that_lived_through_it(
    command, folder, each_backend, health_schema
):
    account = Account(command, folder, each_backend, health_schema)
    phone, tablet = account.device("phone"), account.device("tablet")
    phone.one("put", "meals", "soup", "name=soup")
    phone.one("inc", "health_metrics", "day", "water_intake_ml", "250")
    sync_all([phone, tablet])
    tablet.one("delete", "meals", "soup")
    tablet.one("inc", "health_metrics", "day", "water_intake_ml", "250")
    phone.one("put", "meals", "soup", "calories=300")
    sync_all([phone, tablet])

    late = account.device("late")
    late.sync()

    assert_identical([phone, tablet, late])
    assert late.record("health_metrics", "day") == {"water_intake_ml": 500}
    assert late.record("meals", "soup") is None


def test_a_device_without_the_schema_passes_everything_on(command, folder, each_backend, health_schema):
    account = Account(command, folder, each_backend, health_schema)
    phone = account.device("phone")
    plain = account.device("plain", schema=False)
    phone.one("inc", "health_metrics", "day", "water_intake_ml", "250")
    phone.one("add", "medications", "pill", "side_effects", "rash")
    phone.one("put", "health_metrics", "day", "systolic=120", "diastolic=80")
    sync_all([phone, plain])
    plain.one("put", "health_metrics", "day", "mood=good")
    sync_all([plain, phone])

    assert phone.record("health_metrics", "day") == {
        "diastolic": 80,
        "mood": "good",
        "systolic": 120,
        "water_intake_ml": 250,
    }
    assert phone.record("medications", "pill") == {"side_effects": ["rash"]}
