"""Registering, logging in and out, and what a device keeps of it."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import termios
import time

import pytest

from support.account import Account
from support.device import Device


def logins(account):
    """How many refresh tokens the server has for an account's address."""
    with contextlib.closing(sqlite3.connect(account.backend.folder / "data" / "syncline.sqlite")) as database:
        query = "SELECT count(*) FROM refresh_tokens JOIN accounts ON account_id = id WHERE email = ?"
        return database.execute(query, [account.email.encode()]).fetchone()[0]


def other_account(account):
    folder = account.folder / "other"
    folder.mkdir()
    return Account(account.command, folder, account.backend, account.schema)


def test_regression_a_bound_database_registers_no_second_account(account):
    phone, other = account.device("phone"), other_account(account)
    message = phone.refused(*other.login_words("register"), code="invalid_argument")
    assert "account login" in message
    other.device("tablet")  # the address is not taken


def test_regression_a_login_that_the_database_refuses_is_ended(account):
    phone, other = account.device("phone"), other_account(account)
    other.device("tablet")
    before, kept = logins(other), phone.account_file().read_text()
    phone.refused(*other.login_words("login"), code="invalid_argument")
    assert before == 1 and logins(other) == 1
    assert phone.account_file().read_text() == kept
    phone.sync()


def test_regression_a_path_that_is_not_utf8_does_not_cost_the_login(account):
    phone = Device(account.command, account.folder / "phone", account)
    phone.one("init", "--schema", account.schema)
    *words, authorities = account.login_words("register")
    path = account.folder / b"\xff.pem".decode("utf-8", "surrogateescape")
    path.write_bytes(authorities.read_bytes())
    assert "UTF-8" in phone.refused(*words, path, code="string_not_utf8")
    assert not phone.account_file().exists()
    account.device("tablet")  # the address is not taken


class Terminal:
    """A terminal with `account login` waiting for a password at it."""

    def __init__(self, account, device):
        words = account.login_words("login")
        at = words.index("--password-file")
        self.own, self.commands = os.openpty()
        self.process = subprocess.Popen(
            device.arguments(*words[:at], *words[at + 2 :]),
            stdin=self.commands,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # A shell that runs the tests in the background has told them to pass over it.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        asked = self.process.stderr.read(len("Password: "))
        assert asked == b"Password: "
        end = time.monotonic() + 60
        while self.shows() and time.monotonic() < end:
            time.sleep(0.01)
        assert not self.shows()

    def shows(self):
        """Whether it shows what is typed."""
        return bool(termios.tcgetattr(self.commands)[3] & termios.ECHO)

    def close(self):
        self.process.kill()
        self.process.communicate()
        os.close(self.own)
        os.close(self.commands)


@pytest.fixture
def terminal(account):
    made = Terminal(account, account.device("phone"))
    yield made
    made.close()


def test_a_password_can_be_typed_and_is_not_shown(account, terminal):
    os.write(terminal.own, account.password_file.read_bytes())
    printed, complaints = terminal.process.communicate(timeout=60)
    assert terminal.process.returncode == 0, complaints
    assert account.email.encode() in printed and complaints == b"\n"
    assert terminal.shows()


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_regression_a_signal_at_the_password_prompt_leaves_the_terminal_as_it_was(terminal, end):
    terminal.process.send_signal(end)
    assert terminal.process.wait(60) == -end
    assert terminal.shows()


def test_no_password_at_the_prompt_is_an_operating_error(terminal):
    os.write(terminal.own, b"\n")
    _, complaints = terminal.process.communicate(timeout=60)
    assert terminal.process.returncode == 1
    assert complaints.endswith(b"(invalid_argument)\n")


def unfinished(device):
    """What a save that was interrupted leaves, and anybody can read."""
    file = device.folder / "account.json.next"
    file.write_text("from before")
    file.chmod(0o644)
    return file


def test_regression_only_the_owner_can_read_what_is_saved_over_a_rest(account):
    phone = account.device("phone")
    rest = unfinished(phone)
    phone.one(*account.login_words("login"))
    assert phone.account_file().stat().st_mode & 0o777 == 0o600
    assert not rest.exists()


def test_regression_a_link_in_place_of_a_rest_is_not_followed(account, folder):
    phone, elsewhere = account.device("phone"), folder / "elsewhere"
    elsewhere.write_text("kept")
    (phone.folder / "account.json.next").symlink_to(elsewhere)
    phone.one(*account.login_words("login"))
    assert elsewhere.read_text() == "kept"
    assert not phone.account_file().is_symlink()


def test_regression_a_logout_leaves_no_rest(account):
    phone = account.device("phone")
    rest = unfinished(phone)
    phone.one("account", "logout")
    assert not rest.exists() and not phone.account_file().exists()
