"""Registering, logging in and out, and what a device keeps of it."""

import contextlib
import sqlite3

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
