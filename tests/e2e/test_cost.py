"""What a sync costs depends on what changed, and not on how much is stored. Counted, never timed."""

import dataclasses

import pytest

from support.account import Account, assert_identical

CHANGES = 10
FEW, MANY = 1_000, 20_000
# The cursors and sequences of a larger space have more digits, and compression makes of them what it likes.
BYTES_TOLERANCE = 0.03


@dataclasses.dataclass(frozen=True)
class Cost:
    """What one sync moved."""

    requests: int
    rounds: int
    sent_ops: int
    received_ops: int
    merged_ops: int
    bytes: int


def cost_of_sync(device, asked):
    asked.clear()
    summary = device.sync()
    return Cost(
        len(asked),
        *(summary[name] for name in ("rounds", "sent_ops", "received_ops", "merged_ops")),
        summary["sent_bytes"] + summary["received_bytes"],
    )


def costs_of_ten_changes(account, asked, stored):
    """Stores so many records on two devices in step, changes ten of them on one; the costs of sending and of getting."""
    phone, tablet = account.device("phone"), account.device("tablet")
    file = account.folder / "rows.csv"
    file.write_text("id,value\n" + "".join(f"{number:06},{number}\n" for number in range(stored)))
    assert phone.one("import", "measured", file, "--id", "id")["written"] == stored
    first = cost_of_sync(phone, asked)
    assert first.sent_ops == 2 * stored, "each record is alive and has a value"
    tablet.sync()

    # The same names and values whatever is stored, and as far apart as the records of the smaller store lie.
    changed = range(0, FEW, FEW // CHANGES)
    file.write_text("id,value\n" + "".join(f"{number:06},{900_000 + number}\n" for number in changed))
    assert phone.one("import", "measured", file, "--id", "id")["written"] == CHANGES
    costs = cost_of_sync(phone, asked), cost_of_sync(tablet, asked)
    assert len(assert_identical([phone, tablet]).splitlines()) == stored
    return first, *costs


@pytest.fixture
def new_account(command, new_folder, proxy, health_schema):
    """Accounts whose devices reach the backend through the proxy, which sees their requests."""
    return lambda: Account(command, new_folder(), proxy, health_schema)


def test_a_sync_of_ten_changes_costs_the_same_however_many_records_are_stored(new_account, proxy):
    asked = []
    proxy.damage = lambda path, forward: asked.append(path) or forward()

    first_of_few, *few = costs_of_ten_changes(new_account(), asked, FEW)
    first_of_many, *many = costs_of_ten_changes(new_account(), asked, MANY)

    assert first_of_many.requests > first_of_few.requests, "a sync of more records does cost more"
    for cost_of_few, cost_of_many in zip(few, many):
        assert (cost_of_few.requests, cost_of_few.rounds) == (1, 1)
        assert cost_of_few.sent_ops + cost_of_few.received_ops == CHANGES
        assert dataclasses.replace(cost_of_many, bytes=0) == dataclasses.replace(cost_of_few, bytes=0)
        assert cost_of_many.bytes == pytest.approx(cost_of_few.bytes, rel=BYTES_TOLERANCE)
