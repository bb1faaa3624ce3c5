"""What the command says where little is there, or something small is wrong."""

import json
import subprocess

import pytest

from support.device import Device
from support.tls_proxy import Reply, pass_on


def people(device, *words):
    """What people see: stdout and stderr of a command that succeeds."""
    outcome = device.run(*words, json_output=False)
    assert outcome.exit_code == 0, outcome
    return outcome.stdout, outcome.stderr


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["stauts"], "stauts"),
        (["frob", "meals", "soup"], "frob"),
        (["account", "enter"], "account enter"),
        (["aside", "forget", "s1"], "aside forget"),
    ],
    ids=lambda words: words if isinstance(words, str) else None,
)
def test_a_command_that_is_none_is_named(device, words, name):
    assert device.wrong_usage(*words) == f"syncline: there is no command named {name}; try --help (invalid_argument)\n"


def test_words_that_are_too_many_are_told_in_their_order(device):
    said = device.wrong_usage("get", "meals", "soup", "first", "second")
    assert said.index("first") < said.index("second")


def test_regression_a_collection_that_stands_for_all_is_none_of_one(device, folder):
    file = folder / "rows.csv"
    file.write_text("id,name\nsoup,leek\n", encoding="utf-8")
    message = device.refused("import", "*", file, "--id", "id", code="key_malformed")
    assert str(file) in message and "line 2" in message and '"*"' in message
    assert '"*"' in device.refused("put", "*", "soup", "name=leek", code="key_malformed")
    assert device.export() == ""


@pytest.mark.parametrize("option", ["--seeds", "--steps"])
def test_no_worlds_cannot_be_simulated(device, option):
    said = device.wrong_usage("simulate", option, "0")
    assert option in said and "1 or more" in said


@pytest.mark.parametrize("words", [["backup", ""], ["restore", ""]], ids=lambda words: words[0])
def test_a_file_without_a_name_is_wrong_usage(device, words):
    assert '""' in device.wrong_usage(*words)


def test_backups_of_one_second_have_names_of_their_own_in_their_order(device, folder):
    (folder / "shelf").mkdir()
    clock = "@2026-11-23 10:00:00"
    files = [device.one("backup", folder / "shelf", clock=clock)["file"] for _ in range(4)]
    assert len(set(files)) == 4 and sorted(files) == files
    assert all(file.endswith(".backup") for file in files)


def test_one_of_something_is_not_many(device, folder):
    device.one("put", "meals", "soup", "name=leek")
    verified, _ = people(device, "verify")
    assert "; 0 faults" in verified and "2 slots, 2 changes in the log" in verified
    file = folder / "rows.ndjson"
    file.write_text('{"id":"tea","name":"mint"}\n', encoding="utf-8")
    assert people(device, "import", "meals", file)[0].startswith("imported 1 row, 1 of them")
    device.one("put", "journal", "day", "text=fine")
    uploads, _ = people(device, "sync", "enable", "--dry-run")
    assert "journal: 1 record with 2 changes would be uploaded" in uploads


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["aside"], "nothing is kept aside\n"),
        (["index", "--show"], "the schema declares no index\n"),
        (["list", "meals"], "there are no such records\n"),
    ],
    ids=lambda words: words[0] if isinstance(words, list) else None,
)
def test_an_empty_list_is_said_to_people_and_prints_nothing(command, folder, words, said):
    device = Device(command, folder / "plain")
    device.one("init")
    assert people(device, *words) == ("", said)
    assert device.objects(*words) == []


def test_fields_and_keys_of_maps_can_be_cleared(device):
    device.one("put", "health_metrics", "day", "weight_kg=70", "body_measurements.waist=80", "body_measurements.hips=90")
    assert device.one("clear", "health_metrics", "day", "weight_kg", "body_measurements.hips")["done"] is True
    assert device.record("health_metrics", "day") == {"body_measurements": {"waist": 80}}
    device.one("clear", "health_metrics", "day", "body_measurements")
    assert "waist" not in str(device.record("health_metrics", "day"))
    device.refused("clear", "health_metrics", "another", "weight_kg", code="not_found")
    message = device.refused("clear", "health_metrics", "day", "weight_kg.unit", code="wrong_strategy")
    assert "weight_kg" in message and "unit" in message


def test_an_error_of_an_import_names_the_file_and_the_line(device, folder):
    file = folder / "rows.ndjson"
    file.write_text('{"id":"tea"}\n{"id":"soup",}\n', encoding="utf-8")
    message = device.refused("import", "meals", file, code="json_malformed")
    assert f"{file}: line 2: " in message
    table = folder / "rows.csv"
    table.write_text("id,name\nsoup\n", encoding="utf-8")
    assert f"{table}: line 2: " in device.refused("import", "meals", table, "--id", "id", code="invalid_argument")


def test_the_status_of_a_device_without_an_account_says_so(device):
    status = device.status()
    assert (status["enabled"], status["logged_in"], status["login_expired"]) == (False, False, False)
    assert [status[name] for name in ("account", "server", "email")] == [None, None, None]
    shown, _ = people(device, "status")
    assert "sync          off\n" in shown and "account       none yet\n" in shown and "login         none" in shown


def test_the_status_names_the_account_and_the_server(account):
    phone = account.device("phone")
    phone.sync()
    status = phone.status()
    assert (status["enabled"], status["logged_in"], status["login_expired"]) == (True, True, False)
    assert status["server"] in account.login_words("login")
    assert status["email"] in account.login_words("login")
    assert status["account"]
    shown, _ = people(phone, "status")
    assert f"{status['email']} at {status['server']}\n" in shown
    phone.one("account", "logout")
    after = phone.status()
    assert (after["logged_in"], after["server"], after["account"]) == (False, None, status["account"])


def test_a_command_that_has_to_wait_for_a_watch_says_so(account):
    phone = account.device("phone")
    watching = phone.start("sync", "watch", stdout=subprocess.PIPE)
    try:
        watching.stdout.readline()
        assert "`sync watch`" in phone.refused("put", "meals", "soup", "name=leek", code="store_locked")
    finally:
        watching.terminate()
        watching.communicate(timeout=60)
    phone.one("put", "meals", "soup", "name=leek")


def test_a_login_that_has_expired_is_said_until_there_is_a_new_one(account):
    phone = account.device("phone")
    phone.sync()
    known = json.loads(phone.account_file().read_text())
    known["refresh"] = "x" * len(known["refresh"])
    phone.account_file().write_text(json.dumps(known))
    account.expire_access_token(phone)
    phone.refused("sync", "once", code="refresh_invalid")
    assert phone.status()["login_expired"] is True
    assert "expired; see syncline account login" in people(phone, "status")[0]
    phone.one(*account.login_words("login"))
    assert phone.status()["login_expired"] is False
    phone.sync()


def test_a_registration_without_an_answer_says_that_the_account_may_be_there(account, proxy):
    phone = Device(account.command, account.folder / "phone", account)
    phone.one("init", "--schema", account.schema)

    def lose(_path, forward):
        forward()
        return Reply(None, [], b"no HTTP")

    proxy.damage = lose
    assert "`account login`" in phone.refused(*account.login_words("register", proxy), code="response_malformed")
    proxy.damage = pass_on
    phone.one(*account.login_words("login", proxy))
