"""The simulation's workload and checks on the real driver, HTTPS and backend, through a network that does harm."""

import json
import os
import pathlib
import subprocess
import threading

import pytest

from conftest import COMMAND
from support.faulty_network import FaultyNetwork

PROGRAM = pathlib.Path(os.environ.get("SYNCLINE_TORTURE", COMMAND.with_name("syncline_torture")))
SEED = int(os.environ.get("SYNCLINE_TORTURE_SEED", "20260301"))
SEEDS = int(os.environ.get("SYNCLINE_TORTURE_SEEDS", "1"))
STEPS = int(os.environ.get("SYNCLINE_TORTURE_STEPS", "500"))
HANG_S = 600

# What the backend may answer, whatever comes to it. A login ends when a token is rightly taken for stolen, and a late
# copy of a push of which a stamp was refused is outdated.
STATUSES = {200, 201, 204, 304, 401, 409}


@pytest.fixture(scope="session")
def program():
    assert PROGRAM.is_file(), f"there is no program at {PROGRAM}; its target is syncline_torture"
    return PROGRAM


def torture(program, network, folder, seed):
    """Runs the program to its end, with harm while it asks for it; its exit code, what it said last, and its errors."""
    words = ["--server", network.url, "--ca", network.ca, "--data", folder, "--seed", seed, "--steps", STEPS]
    with open(folder / "stderr", "w+", encoding="utf-8") as errors:
        process = subprocess.Popen(
            [program, *map(str, words)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True
        )
        guard = threading.Timer(HANG_S, process.kill)
        guard.start()
        said = {}
        try:
            for line in process.stdout:
                said = json.loads(line)
                if said["event"] == "done":
                    break
                network.on = said["event"] == "faults_begin"
                process.stdin.write("\n")
                process.stdin.flush()
            process.communicate()
        finally:
            guard.cancel()
            process.kill()
            process.wait()
        errors.seek(0)
        return process.returncode, said, errors.read()


@pytest.mark.parametrize("seed", range(SEED, SEED + SEEDS))
def test_what_devices_write_survives_a_network_that_does_harm(
    program, each_backend, authority, good_certificate, folder, seed
):
    network = FaultyNetwork(each_backend, authority.ca, good_certificate, seed)
    try:
        exit_code, said, errors = torture(program, network, folder, seed)
    finally:
        network.close()
    print(f"seed {seed}: {json.dumps(said)}")
    print(f"faults: {json.dumps(network.counts())}")
    print(f"the backend's replies: {json.dumps(network.statuses)}")
    again = (
        f"SYNCLINE_TORTURE_SEED={seed} SYNCLINE_TORTURE_STEPS={STEPS}"
        f" tests/e2e/run test_torture.py -k {each_backend.kind}"
    )
    assert exit_code == 0, f"{errors}\nagain: {again}"
    assert set(network.statuses) <= STATUSES, f"{network.statuses}\nagain: {again}"
    if STEPS >= 500:
        assert all(network.counts().values()), "a fault never fired"
