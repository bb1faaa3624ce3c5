#!/usr/bin/env python3
"""Counts test cases in JUnit reports. Prints "PASSED FAILED" on stdout and names what failed on stderr.

usage: count_cases.py ctest BUILD          the ctest run of a build folder, which left ctest.xml and reports/ there
       count_cases.py reports FILE...      JUnit files; one that is not there counts as failed

What was skipped, disabled, not run or left no report counts as failed: only what ran and passed is green.
"""

import json
import pathlib
import subprocess
import sys
import xml.etree.ElementTree as ElementTree


class Count:
    def __init__(self):
        self.passed = 0
        self.failed = 0

    def add(self, passed, name, why=""):
        if passed:
            self.passed += 1
        else:
            self.failed += 1
            print(f"failed: {name}{why and ' ' + why}", file=sys.stderr)


def cases(count, report):
    """Adds a report's cases; returns how many there were and how many of them failed."""
    try:
        root = ElementTree.parse(report).getroot()
    except (OSError, ElementTree.ParseError) as error:
        count.add(False, report.name, f"left no report that can be read ({error})")
        return 1, 1
    before = count.passed, count.failed
    for case in root.iter("testcase"):
        wrong = [child.tag for child in case if child.tag in ("failure", "error", "skipped")]
        name = ".".join(filter(None, (case.get("classname"), case.get("name"))))
        count.add(not wrong, f"{report.stem}: {name}", f"({wrong[0]})" if wrong else "")
    if (count.passed, count.failed) == before:
        count.add(False, report.name, "has no test case")
    return count.passed + count.failed - sum(before), count.failed - before[1]


def writes_report(build):
    """The tests of a build whose command says that they write a JUnit report."""
    listing = subprocess.run(
        ["ctest", "--test-dir", str(build), "--show-only=json-v1"], check=True, capture_output=True, text=True
    )
    tests = json.loads(listing.stdout)["tests"]
    return {test["name"] for test in tests if any("JUNIT" in part for part in test.get("command", []))}


def ctest(count, build):
    reporting = writes_report(build)
    run = list(ElementTree.parse(build / "ctest.xml").getroot().iter("testcase"))
    if not run:
        count.add(False, str(build), "ran no test")
    for test in run:
        name, passed = test.get("name"), test.get("status") == "run"
        if name not in reporting:
            count.add(passed, name, f"({test.get('status')})")
            continue
        _, failed = cases(count, build / "reports" / f"{name}.xml")
        # A crash, a sanitizer's finding or a leak at the end: every case was green and the program was not.
        if not passed and not failed:
            count.add(False, name, "ended with an error")


def main():
    if len(sys.argv) < 3 or sys.argv[1] not in ("ctest", "reports"):
        print(__doc__, file=sys.stderr)
        return 2
    count = Count()
    for argument in sys.argv[2:]:
        path = pathlib.Path(argument)
        if sys.argv[1] == "ctest":
            ctest(count, path)
        else:
            cases(count, path)
    print(count.passed, count.failed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
