"""The scripts that other scripts rely on: what they print, how they end, and what they leave."""

import json
import pathlib
import re
import signal
import socket
import ssl
import subprocess
import urllib.request

import pytest

from support.account import Account
from support.backend import STOP_TIMEOUT_S, Backend


def run(root, *words):
    return subprocess.run(
        [str(root / words[0]), *map(str, words[1:])],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=STOP_TIMEOUT_S,
        check=False,
    )


def assert_answers(backend):
    """It is there, with a certificate that its authority vouches for."""
    trusted = ssl.create_default_context(cafile=str(backend.ca))
    with urllib.request.urlopen(f"{backend.url}/v1/meta", context=trusted) as reply:
        assert json.load(reply)["service"] == "syncline"


def assert_refused(outcome, *words):
    """It ended with an error that has these words, and with nothing on stdout."""
    assert outcome.returncode == 1, outcome
    assert outcome.stdout == ""
    for word in words:
        assert word in outcome.stderr, outcome.stderr


@pytest.fixture
def backend(root, folder):
    """A backend of the test's own."""
    made = Backend(root, folder / "server", "sqlite")
    yield made
    made.stop()


def test_serve_prints_one_line_that_says_where_it_answers(backend):
    backend.start()
    assert backend.url == f"https://localhost:{backend.port}"
    assert backend.ca == backend.folder / "authority" / "ca.pem"
    assert_answers(backend)
    backend.process.send_signal(signal.SIGTERM)
    assert backend.process.stdout.read() == "", "the line is all that it prints on stdout"


@pytest.mark.parametrize(
    ("kind", "number", "prefix"),
    [
        ("sqlite", signal.SIGTERM, ()),
        ("sqlite", signal.SIGINT, ()),
        ("sqlite", signal.SIGINT, ("env", "--ignore-signal=INT")),
        ("mariadb", signal.SIGTERM, ()),
    ],
    ids=["sigterm", "sigint", "sigint_that_its_parent_ignores", "sigterm_with_mariadb"],
)
def test_a_signal_ends_serve_and_all_that_it_started(root, folder, kind, number, prefix):
    backend = Backend(root, folder / "server", kind, prefix).start()
    try:
        assert backend.processes()
        backend.process.send_signal(number)
        assert backend.process.wait(STOP_TIMEOUT_S) == 0
        assert backend.processes() == []
        assert f"Stopped {backend.folder}\n" in backend.log.read_text()
        with socket.socket() as asking:
            assert asking.connect_ex(("127.0.0.1", backend.port)) != 0, "somebody still listens"
    finally:
        backend.stop()


def test_serve_without_a_folder_removes_its_own_at_the_end(root):
    process = subprocess.Popen(
        [str(root / "scripts/serve")],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        ca = pathlib.Path(json.loads(process.stdout.readline())["ca"])
        assert ca.is_file()
        process.send_signal(signal.SIGTERM)
        _, messages = process.communicate(timeout=STOP_TIMEOUT_S)
    finally:
        process.kill()
    assert process.returncode == 0
    folder = ca.parents[1]
    assert f"Stopped and removed {folder}\n" in messages
    assert not folder.exists()


@pytest.mark.parametrize("end", [Backend.stop, Backend.kill], ids=["stopped", "killed"])
def test_the_same_folder_and_port_go_on_with_the_same_data_and_authority(
    command, folder, health_schema, backend, end
):
    backend.start()
    account = Account(command, folder, backend, health_schema)
    phone = account.device("phone")
    phone.one("put", "meals", "soup", "name=soup")
    phone.sync()
    authority = backend.ca.read_bytes()
    before = backend.url

    end(backend)
    phone.refused("sync", "once", code="network_unreachable")
    backend.start()

    assert backend.url == before
    assert backend.ca.read_bytes() == authority
    phone.sync()  # with the tokens and the authority that it had
    tablet = account.device("tablet")
    tablet.sync()
    assert tablet.record("meals", "soup") == {"name": "soup"}


def test_serve_names_a_port_that_is_in_use(root, folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        outcome = run(root, "scripts/serve", "--port", port, "--dir", folder / "server")
    assert_refused(outcome, f"port {port} is in use")


def test_a_second_serve_on_a_folder_is_refused_and_the_first_goes_on(root, backend):
    backend.start()
    assert_refused(run(root, "scripts/serve", "--dir", backend.folder), "another scripts/serve", str(backend.folder))
    assert_answers(backend)


def test_serve_refuses_a_folder_that_is_somebody_elses_and_leaves_it_alone(root, folder):
    (folder / "diary.txt").write_text("mine")
    assert_refused(run(root, "scripts/serve", "--dir", folder), "neither empty nor from an earlier run")
    assert [entry.name for entry in folder.iterdir()] == ["diary.txt"]


def test_serve_refuses_to_go_on_with_another_kind_of_database(root, backend):
    backend.start().stop()
    assert_refused(run(root, "scripts/serve", "--dir", backend.folder, "--mariadb"), "was made with sqlite")


SCRIPTS = ["scripts/build", "scripts/serve", "scripts/demo", "scripts/test", "bench/run"]
SCRIPTS += ["tests/e2e/run", "tests/fuzz/run"]


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_help_of_a_script_is_on_stdout_and_exits_0(root, script):
    outcome = run(root, script, "--help")
    assert outcome.returncode == 0
    assert outcome.stdout.startswith(f"usage: {script}")
    assert outcome.stderr == ""


@pytest.mark.parametrize(
    "words",
    [
        ["scripts/build", "--sideways"],
        ["scripts/build", "--preset"],
        ["scripts/serve", "--sideways"],
        ["scripts/serve", "--dir"],
        ["scripts/serve", "--port"],
        ["scripts/serve", "--port", "0"],
        ["scripts/serve", "--port", "65536"],
        ["scripts/serve", "--port", "https"],
        ["scripts/demo", "--sideways"],
        ["scripts/demo", "sqlite"],
        ["scripts/test", "--sideways"],
        ["scripts/test", "everything"],
        ["bench/run", "--sideways"],
        ["bench/run", "--only"],
        ["tests/e2e/run", "--junit"],
        ["tests/fuzz/run", "--sideways"],
        ["tests/fuzz/run", "--seconds", "0"],
        ["tests/fuzz/run", "everything"],
    ],
    ids=lambda words: "_".join(words),
)
def test_a_wrong_command_line_of_a_script_exits_2_and_says_why(root, words):
    outcome = run(root, *words)
    assert outcome.returncode == 2
    assert outcome.stdout == ""
    assert re.fullmatch(rf"({pathlib.Path(words[0]).name}|{words[0]}): [^\n]+\n", outcome.stderr), outcome.stderr
