"""The scripts under sudo, in a checkout of somebody else: what they make there belongs to that one. These tests need root."""

import os
import pwd
import shutil
import subprocess

import pytest

OWNER = pwd.getpwnam("nobody")

# They make what the real ones make, as far as the scripts look.
CMAKE = """#!/bin/sh
case $1 in
    -S) mkdir -p "$2/build/$4" && : > "$2/build/$4/build.ninja" ;;
    --build) mkdir -p "$2/made" && : > "$2/made/syncline" ;;
esac
"""
INSTALL = """#!/bin/sh
cd "$(dirname "$0")/.." && mkdir -p vendor && : > vendor/autoload.php && : > composer.lock
"""


@pytest.fixture
def checkout(folder, root):
    """A checkout of another user with nothing to build in it."""
    made = folder / "checkout"
    shutil.copytree(root / "scripts", made / "scripts")
    (made / "backend/bin").mkdir(parents=True)
    for name, content in {"CMakePresets.json": "{}", "backend/composer.json": "{}", "backend/bin/install": INSTALL}.items():
        (made / name).write_text(content)
    (folder / "bin").mkdir()
    (folder / "bin/cmake").write_text(CMAKE)
    for program in (folder / "bin/cmake", made / "backend/bin/install"):
        program.chmod(0o755)
    for path in (made, *made.rglob("*")):
        os.chown(path, OWNER.pw_uid, OWNER.pw_gid)
    return made


def run(checkout, name, *words, user=0):
    environment = {
        **os.environ,
        "PATH": f"{checkout.parent / 'bin'}:{os.environ['PATH']}",
        "SYNCLINE_PACKAGES": "installed",
    }
    return subprocess.run(
        [checkout / "scripts" / name, *words], user=user, env=environment, capture_output=True, text=True, check=False
    )


def owners(checkout):
    return {path.lstat().st_uid for path in (checkout, *checkout.rglob("*"))}


def test_regression_what_root_builds_belongs_to_the_owner_of_the_checkout(checkout):
    for user in (0, OWNER.pw_uid):
        done = run(checkout, "build", user=user)
        assert done.returncode == 0, done.stderr
        assert (checkout / "build/release/made/syncline").exists() and (checkout / "backend/vendor/autoload.php").exists()
        assert owners(checkout) == {OWNER.pw_uid}
        (checkout / "backend/vendor/.made-from").unlink()


def test_regression_what_a_failed_build_leaves_belongs_to_the_owner_too(checkout):
    (checkout / "backend/bin/install").write_text("#!/bin/sh\nexit 1\n")
    assert run(checkout, "build").returncode == 1
    assert (checkout / "build/logs/composer.log").exists()
    assert owners(checkout) == {OWNER.pw_uid}


@pytest.mark.parametrize("name", ["build", "demo", "serve", "test"])
def test_regression_a_question_for_help_leaves_nothing_of_roots(checkout, name):
    assert run(checkout, name, "--help").returncode == 0
    assert owners(checkout) == {OWNER.pw_uid}


def test_logs_of_another_user_are_named_with_what_helps(checkout):
    logs = checkout / "build/logs"
    logs.mkdir(parents=True)
    done = run(checkout, "build", user=OWNER.pw_uid)
    assert done.returncode == 1 and done.stdout == ""
    assert f"{logs} belongs to root" in done.stderr and "chown" in done.stderr


def test_a_folder_of_another_user_is_not_served(checkout, folder):
    (folder / "served").mkdir()
    (folder / "served/syncline-serve").touch()
    done = run(checkout, "serve", "--dir", folder / "served", user=OWNER.pw_uid)
    assert done.returncode == 1 and done.stdout == ""
    assert "belongs to root" in done.stderr
