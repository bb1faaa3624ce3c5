"""Servers that cannot be trusted, networks that answer in the server's place, and replies that are damaged."""

import json
import random

import pytest

from support.account import Account, assert_identical
from support.backend import free_port
from support.certificates import Authority
from support.tls_proxy import Reply, pass_on


@pytest.fixture
def account(command, folder, proxy, health_schema):
    """An account whose devices reach the backend through the proxy."""
    return Account(command, folder, proxy, health_schema)


@pytest.fixture
def pair(account):
    """Two devices in step, then a write on each: something to send and something to receive."""
    phone, tablet = account.device("phone"), account.device("tablet")
    phone.one("put", "meals", "soup", "name=soup")
    phone.sync()
    tablet.sync()
    phone.one("put", "meals", "soup", "calories=320")
    tablet.one("put", "meals", "stew", "name=stew")
    tablet.sync()
    return phone, tablet


def assert_nothing_is_lost(phone, tablet, before):
    """The device is as it was, its write is pending, and a good sync makes up for everything."""
    assert phone.export() == before
    status = phone.status()
    assert status["synced"] is False and status["pending_ops"] > 0
    phone.sync()
    tablet.sync()
    assert_identical([phone, tablet])
    assert phone.record("meals", "soup") == {"calories": 320, "name": "soup"}
    assert phone.record("meals", "stew") == {"name": "stew"}


@pytest.fixture(scope="session")
def certificates(authority, new_folder):
    return {
        "expired": authority.certificate("expired", days=1),
        "another_host": authority.certificate("elsewhere", host="elsewhere.example"),
        "an_unknown_authority": Authority(new_folder(), "stranger").certificate("strangers"),
    }


@pytest.mark.parametrize(
    ("kind", "words"),
    [("expired", "expired"), ("another_host", "host"), ("an_unknown_authority", "authority")],
)
def test_a_certificate_that_is_not_right_is_named_and_nothing_is_sent(
    pair, proxy, certificates, good_certificate, kind, words
):
    phone, tablet = pair
    before = phone.export()
    asked = []
    proxy.damage = lambda path, forward: asked.append(path) or forward()
    proxy.show(certificates[kind])

    message = phone.refused("sync", "once", code="certificate_untrusted")

    assert words in message and "localhost" in message, message
    assert asked == []
    assert phone.status()["last_error"]["code"] == "certificate_untrusted"
    proxy.show(good_certificate)
    assert_nothing_is_lost(phone, tablet, before)


@pytest.mark.parametrize("verb", ["login", "register"])
def test_no_password_is_sent_to_a_server_that_is_not_trusted(account, device, proxy, certificates, verb):
    asked = []
    proxy.damage = lambda path, forward: asked.append(path) or forward()
    proxy.show(certificates["an_unknown_authority"])
    device.refused(*account.login_words(verb), code="certificate_untrusted")
    assert asked == []
    assert not device.account_file().exists()


def test_without_the_authoritys_file_a_private_server_is_not_trusted(account, device):
    words = account.login_words("login")
    device.refused(*words[: words.index("--ca")], code="certificate_untrusted")


def test_a_wrong_password_is_refused_and_leaves_no_login(account, device, folder):
    account.device("phone")
    (folder / "wrong").write_text("not the password\n")
    words = list(account.login_words("login"))
    words[words.index("--password-file") + 1] = folder / "wrong"
    device.refused(*words, code="credentials_invalid")
    assert not device.account_file().exists()
    device.one("sync", "enable")
    device.refused("sync", "once", code="not_logged_in")


def test_a_server_that_cannot_be_reached_leaves_the_device_offline_with_its_changes(pair):
    phone, tablet = pair
    before = phone.export()
    known = phone.account_file().read_text()
    unreachable = {**json.loads(known), "server": f"https://localhost:{free_port()}"}
    phone.account_file().write_text(json.dumps(unreachable))

    phone.refused("sync", "once", code="network_unreachable")

    status = phone.status()
    assert status["phase"] == "offline"
    assert status["pending_ops"] == 1
    assert status["oldest_pending_ms"] > 0
    assert status["last_error"]["code"] == "network_unreachable"
    phone.account_file().write_text(known)
    assert_nothing_is_lost(phone, tablet, before)


def html(_path, _forward):
    return Reply(200, [("Content-Type", "text/html")], b"<html><body>Welcome to the hotel</body></html>")


def html_instead_of_an_error(_path, _forward):
    return Reply(413, [("Content-Type", "text/html")], b"<html>Request Entity Too Large</html>")


def redirect(_path, _forward):
    return Reply(302, [("Location", "https://portal.example/login")], b"")


def empty(_path, forward):
    reply = forward()
    return Reply(reply.status, reply.headers, b"")


def wrong_shape(_path, _forward):
    return Reply(200, [("Content-Type", "application/json")], b'{"time": "now"}')


def cut_short(_path, forward):
    reply = forward()
    return Reply(reply.status, reply.headers, reply.body[: len(reply.body) // 2], len(reply.body))


def cut_short_and_called_whole(_path, forward):
    reply = forward()
    return Reply(reply.status, reply.headers, reply.body[: len(reply.body) // 2])


def server_error(_path, _forward):
    problem = {"type": "about:blank", "title": "x", "status": 500, "code": "internal", "detail": "x"}
    body = json.dumps({**problem, "retryable": True, "request_id": "1"}).encode()
    return Reply(500, [("Content-Type", "application/problem+json")], body)


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (html, "unexpected_content_type"),
        (html_instead_of_an_error, "body_too_large"),
        (redirect, "redirect_refused"),
        (empty, "response_malformed"),
        (wrong_shape, "response_malformed"),
        (cut_short, "response_malformed"),
        (cut_short_and_called_whole, "response_malformed"),
        (server_error, "internal"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_reply_that_is_not_the_servers_changes_nothing(pair, proxy, damage, code):
    phone, tablet = pair
    before = phone.export()
    proxy.damage = damage

    outcome = phone.run("sync", "once")

    assert outcome.exit_code == 1 and outcome.stdout == ""
    assert outcome.stderr.startswith("syncline: ") and outcome.stderr.endswith(f"({code})\n"), outcome.stderr
    proxy.damage = pass_on
    assert_nothing_is_lost(phone, tablet, before)


@pytest.mark.parametrize(("records", "compressed"), [(1, False), (30, True)], ids=["plain", "compressed"])
def test_a_bit_that_flips_in_a_reply_never_changes_what_the_device_holds(account, proxy, folder, records, compressed):
    phone, tablet = account.device("phone"), account.device("tablet")
    file = folder / "meals.ndjson"
    moments = random.Random(7)
    damaged = 0

    def flip_a_bit(_path, forward):
        nonlocal damaged
        reply = forward()
        assert (("Content-Encoding", "gzip") in reply.headers) is compressed
        body = bytearray(reply.body)
        # The header of gzip, ten bytes, has bits that mean nothing, and so has the byte before its checksum.
        places = range(10, len(body) - 9) if compressed else range(len(body))
        body[moments.choice(places)] ^= 1 << moments.randrange(8)
        damaged += 1
        return Reply(reply.status, reply.headers, bytes(body))

    for number in range(20):
        meals = [{"id": f"{number}-{record}", "name": f"meal {number * record}"} for record in range(records)]
        file.write_text("".join(json.dumps(meal) + "\n" for meal in meals))
        tablet.one("import", "meals", file)
        tablet.sync()
        before = phone.export()
        proxy.damage = flip_a_bit
        phone.refused("sync", "once", code="response_malformed")
        proxy.damage = pass_on
        assert phone.export() == before
        phone.sync()
        assert_identical([phone, tablet])
    assert damaged == 20


def test_a_reply_that_is_lost_after_the_server_took_the_push_sends_nothing_twice(pair, proxy):
    phone, tablet = pair
    before = phone.export()

    def lose(_path, forward):
        forward()
        return Reply(200, [("Content-Type", "application/json")], b"", 1000)

    proxy.damage = lose
    assert phone.run("sync", "once").exit_code == 1
    proxy.damage = pass_on
    assert_nothing_is_lost(phone, tablet, before)
    assert phone.status()["set_aside_ops"] == 0
