"""What all tests share: the command, a backend of each kind, accounts and devices."""

import itertools
import os
import pathlib
import shutil
import tempfile

import pytest

from support.account import Account
from support.backend import Backend
from support.certificates import Authority
from support.device import Device
from support.tls_proxy import TlsProxy

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEALTH_SCHEMA = ROOT / "examples/health/schema.json"
REAL_DATA = pathlib.Path(os.environ.get("SYNCLINE_FITBIT_DATA") or ROOT.parent / "shared/data/fitbit")
COMMAND = pathlib.Path(os.environ.get("SYNCLINE_COMMAND", ROOT / "build/release/syncline"))

# Without the data, or without root, there is nothing to test, and a green skip would say otherwise. The header says
# that it is so.
HAS_REAL_DATA = (REAL_DATA / "hourly_steps.csv").is_file()
IS_ROOT = os.geteuid() == 0
collect_ignore = ([] if HAS_REAL_DATA else ["test_real_data.py"]) + ([] if IS_ROOT else ["test_sudo.py"])


def pytest_report_header():
    lines = [f"real data: {REAL_DATA}"]
    if not HAS_REAL_DATA:
        lines = [f"note: test_real_data.py is left out: there is no hourly_steps.csv in {REAL_DATA} (SYNCLINE_FITBIT_DATA)"]
    if not IS_ROOT:
        lines.append("note: test_sudo.py is left out: it needs root")
    return lines


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def health_schema():
    return HEALTH_SCHEMA


@pytest.fixture(scope="session")
def workplace():
    """A folder that the servers, who are another user than root, may enter; its path is short enough for sockets."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="syncline-e2e."))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def command(workplace):
    """A copy of the command, so that a build beside the tests does not change it under them."""
    assert COMMAND.is_file(), f"there is no command at {COMMAND}; scripts/build makes it"
    return shutil.copy2(COMMAND, workplace / "syncline")


@pytest.fixture(scope="session")
def new_folder(workplace):
    """Makes a new folder each time it is called."""
    numbers = itertools.count(1)

    def make():
        folder = workplace / str(next(numbers))
        folder.mkdir(mode=0o711)
        return folder

    return make


@pytest.fixture
def folder(new_folder):
    """A folder of the test's own, removed after it."""
    made = new_folder()
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="session")
def sqlite_backend(workplace):
    backend = Backend(ROOT, workplace / "sqlite", "sqlite").start()
    yield backend
    backend.stop()


@pytest.fixture(scope="session")
def mariadb_backend(workplace):
    backend = Backend(ROOT, workplace / "mariadb", "mariadb").start()
    yield backend
    backend.stop()


@pytest.fixture(params=["sqlite", "mariadb"], scope="module")
def each_backend(request):
    """The test runs once with each."""
    return request.getfixturevalue(f"{request.param}_backend")


@pytest.fixture
def account(command, folder, sqlite_backend, health_schema):
    """A new account on a backend with SQLite."""
    return Account(command, folder, sqlite_backend, health_schema)


@pytest.fixture
def device(command, folder, health_schema):
    """A device without an account."""
    made = Device(command, folder / "device")
    made.one("init", "--schema", health_schema)
    return made


@pytest.fixture(scope="session")
def authority(new_folder):
    """An authority that the devices behind the proxy trust."""
    return Authority(new_folder(), "authority")


@pytest.fixture(scope="session")
def good_certificate(authority):
    return authority.certificate("good")


@pytest.fixture
def proxy(sqlite_backend, authority, good_certificate):
    """A TLS server in front of the backend that can be told to do harm."""
    made = TlsProxy(sqlite_backend, authority.ca, good_certificate)
    yield made
    made.close()
