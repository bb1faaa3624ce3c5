#!/usr/bin/env python3
"""Runs the simulator against each plant and prints which invariant found it, and after how many seeds."""

import argparse
import concurrent.futures
import os
import pathlib
import subprocess
import sys
from typing import NamedTuple

from plants import PLANTS

RUN_S_MAX = 600
UNPLANTED = "(none)"
UNPLANTED_SEEDS_MAX = 1000  # it shows that the switches alone break nothing; `syncline simulate` looks for more


class Outcome(NamedTuple):
    """What the runner found: an invariant and the seed that broke it, or what was wrong with the run itself."""

    invariant: str = ""
    seed: int = 0
    what: str = ""
    trouble: str = ""


def run(runner, seeds, name):
    if name == UNPLANTED:
        seeds = min(seeds, UNPLANTED_SEEDS_MAX)
    environment = {key: value for key, value in os.environ.items() if key != "SYNCLINE_PLANT"}
    if name != UNPLANTED:
        environment["SYNCLINE_PLANT"] = name
    try:
        ended = subprocess.run([runner, str(seeds)], env=environment, capture_output=True, encoding="utf-8",
                               errors="replace", timeout=RUN_S_MAX, check=False)
    except subprocess.TimeoutExpired:
        return Outcome(trouble=f"no end after {RUN_S_MAX} s")
    if ended.returncode not in (0, 1):
        return Outcome(trouble=f"ended with {ended.returncode}: {ended.stderr.strip()[-200:]}")
    if ended.returncode == 0:
        return Outcome()
    first, _, what = ended.stdout.partition("\n")
    seed, _, invariant = first.partition(" ")
    return Outcome(invariant, int(seed), what.strip())


def line(name, verdict, invariant="", seeds=""):
    return f"{name:<36} {verdict:<11} {invariant:<46} {seeds:>6}".rstrip()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runner", type=pathlib.Path)
    parser.add_argument("--seeds", type=int, required=True, help="at most so many for each plant")
    parser.add_argument("--jobs", type=int, required=True, help="plants at a time")
    parser.add_argument("--only", help="one plant")
    arguments = parser.parse_args()
    names = [plant.name for plant in PLANTS if arguments.only in (None, plant.name)]
    if not names:
        sys.exit(f"tests/mutation: there is no plant named {arguments.only}")
    print(line("plant", "", "invariant", "seeds"), flush=True)
    caught = 0
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        # The unplanted run takes the longest, so it is the first.
        outcomes = pool.map(lambda name: run(arguments.runner.resolve(), arguments.seeds, name), [UNPLANTED, *names])
        unplanted = next(outcomes)
        verdict = "passed" if unplanted == Outcome() else "NOT passed"
        seeds = unplanted.seed or min(arguments.seeds, UNPLANTED_SEEDS_MAX)
        print(line(UNPLANTED, verdict, unplanted.trouble or unplanted.invariant, seeds))
        if unplanted.what:
            print(unplanted.what)
        for name, outcome in zip(names, outcomes):
            caught += bool(outcome.invariant)
            print(line(name, "caught" if outcome.invariant else "NOT caught", outcome.trouble or outcome.invariant,
                       outcome.seed or arguments.seeds), flush=True)
    print(f"caught {caught} of {len(names)}")
    sys.exit(unplanted != Outcome() or caught < len(names))


if __name__ == "__main__":
    main()
