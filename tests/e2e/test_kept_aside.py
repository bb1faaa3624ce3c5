"""Ops that one side cannot take: kept aside and shown, while their neighbours and later writes go on."""

import base64
import gzip
import json

import pytest

from support.account import Account, assert_identical, sync_all
from support.tls_proxy import Reply, pass_on

YEAR_2262_MS = 9_214_646_400_000
NEIGHBOURS = ("soup", "porridge")


@pytest.fixture
def pair(command, folder, proxy, health_schema):
    """Two devices in step behind the proxy; three meals, each of which the phone then changed in a write of its own."""
    account = Account(command, folder, proxy, health_schema)
    phone, tablet = account.device("phone"), account.device("tablet")
    for name in ("soup", "stew", "porridge"):
        phone.one("put", "meals", name, "name=before")
    sync_all([phone, tablet])
    for name in ("soup", "stew", "porridge"):
        phone.one("put", "meals", name, f"name={name} changed")
    return phone, tablet


def with_ops(message, way, change):
    """A request or reply whose batch is changed: of a push or of a pull."""
    document = json.loads(message)
    ops = base64.b64decode(document[way]["ops"])
    document[way]["ops"] = base64.b64encode(change(ops)).decode()
    return json.dumps(document).encode()


def make_not_utf8(ops):
    """The stew's new name in a batch, as no string may be."""
    assert ops.count(b"stew changed") == 1
    return ops.replace(b"stew changed", b"stew \xffhanged")


def make_far_future(phone):
    """What moves the stew's change in a batch to the year 2262."""
    entry = phone.log("meals", "stew")[-1]
    assert entry["value"] == "stew changed"
    stamp = bytes.fromhex(entry["stamp"])

    def change(ops):
        assert ops.count(stamp) == 1, "a write of its own has a stamp of its own"
        return ops.replace(stamp, YEAR_2262_MS.to_bytes(6, "big") + stamp[6:])

    return change


def assert_only_the_stew_is_missing(tablet):
    for name in NEIGHBOURS:
        assert tablet.record("meals", name) == {"name": f"{name} changed"}
    assert tablet.record("meals", "stew") == {"name": "before"}


def assert_status_shows(device, count, words):
    """The count in the field, and in what people read."""
    status = device.status()
    assert (status["set_aside_ops"], status["quarantined_ops"]) == count
    assert status["synced"] is True and status["pending_ops"] == 0, "it is kept aside, and not pending"
    assert words in device.run("status", json_output=False).stdout


def aside(device):
    return device.objects("aside")


def assert_a_later_write_goes_through(phone, tablet):
    phone.one("put", "meals", "stew", "name=stew again")
    sync_all([phone, tablet])
    assert tablet.record("meals", "stew") == {"name": "stew again"}
    assert_identical([phone, tablet])


def test_an_op_that_the_server_refuses_for_good_is_set_aside_and_its_neighbours_arrive(pair, proxy):
    phone, tablet = pair
    shown = phone.export()
    proxy.rewrite = lambda path, body: with_ops(body, "push", make_not_utf8) if path == "/v1/sync" else body
    summary = phone.sync()  # the verdicts are the server's own
    proxy.rewrite = None
    tablet.sync()

    assert summary["sent_ops"] == 2, "what the server took"
    assert_only_the_stew_is_missing(tablet)
    assert_status_shows(phone, (1, 0), "set aside     1 change that the server refuses")
    assert phone.export() == shown, "the device keeps what it wrote"
    assert phone.sync()["sent_ops"] == 0, "it is not sent again and again"
    assert_status_shows(tablet, (0, 0), "synced        yes")
    assert_a_later_write_goes_through(phone, tablet)
    assert phone.status()["set_aside_ops"] == 0, "the later write has taken its place"


def test_what_was_set_aside_is_listed_and_reaches_the_server_when_it_is_offered_again(pair, proxy):
    phone, tablet = pair
    proxy.rewrite = lambda path, body: with_ops(body, "push", make_not_utf8) if path == "/v1/sync" else body
    phone.sync()
    proxy.rewrite = None
    (kept,) = aside(phone)
    assert (kept["kind"], kept["code"], kept["current"]) == ("set_aside", "string_not_utf8", True)
    assert (kept["collection"], kept["record"], kept["field"]) == ("meals", "stew", "name")
    assert kept["value"] == "stew changed"
    shown = phone.run("aside", json_output=False).stdout
    assert shown.startswith(f"{kept['id']}  set_aside  string_not_utf8  ") and "stew changed" in shown

    assert phone.one("aside", "retry") == {"merged": 0, "offered": 1, "left": 0}
    assert phone.status()["synced"] is False and phone.status()["pending_ops"] == 1
    sync_all([phone, tablet])
    assert aside(phone) == [] and tablet.record("meals", "stew") == {"name": "stew changed"}
    assert_identical([phone, tablet])


@pytest.mark.parametrize("harm", ["far_future", "not_utf8"])
def test_an_op_that_arrives_and_cannot_be_merged_is_quarantined_and_its_neighbours_are_merged(pair, proxy, harm):
    phone, tablet = pair
    phone.sync()
    change = make_far_future(phone) if harm == "far_future" else make_not_utf8

    def harm_the_page(path, forward):
        reply = forward()
        assert path == "/v1/sync" and reply.status == 200
        packed = ("Content-Encoding", "gzip") in reply.headers
        body = with_ops(gzip.decompress(reply.body) if packed else reply.body, "pull", change)
        # What a server sends has the digest of what it sends.
        headers = [header for header in reply.headers if header[0] != "Unencoded-Digest"]
        return Reply(reply.status, headers, gzip.compress(body) if packed else body)

    proxy.damage = harm_the_page
    summary = tablet.sync()
    proxy.damage = pass_on

    assert (summary["received_ops"], summary["merged_ops"]) == (3, 2)
    assert_only_the_stew_is_missing(tablet)
    assert_status_shows(tablet, (0, 1), "quarantined   1 change that could not be merged")
    tablet.sync()
    assert_status_shows(tablet, (0, 1), "quarantined   1 change that could not be merged")
    (kept,) = aside(tablet)
    assert kept["kind"] == "quarantined"
    if harm == "far_future":
        assert (kept["code"], kept["value"]) == ("stamp_in_future", "stew changed")
    else:
        assert kept["code"] == "string_not_utf8" and "$bytes" in kept["batch"]
    assert tablet.one("aside", "retry") == {"merged": 0, "offered": 0, "left": 1}
    assert tablet.one("aside", "discard", kept["id"]) == {"discarded": 1}
    assert aside(tablet) == []
    refused = tablet.refused("aside", "discard", kept["id"], code="not_found")
    assert f"nothing is kept aside as {kept['id']}" in refused
    assert "no id" in tablet.wrong_usage("aside", "discard", "stew")
    assert_status_shows(phone, (0, 0), "synced        yes")
    assert_a_later_write_goes_through(phone, tablet)
