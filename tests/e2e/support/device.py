"""A device: one database and the command that works on it."""

import dataclasses
import json
import os
import pathlib
import subprocess

TIMEOUT_S = 300


@dataclasses.dataclass(frozen=True)
class Outcome:
    """How a run of the command ended."""

    exit_code: int
    stdout: str
    stderr: str

    def objects(self):
        """What it printed, a JSON object a line."""
        return [json.loads(line) for line in self.stdout.splitlines()]


def faked(clock):
    """The words in front of a command whose clock shows another time, and its environment."""
    if clock is None:
        return [], {}
    # Waiting goes by the monotonic clock, which stays what it is.
    return ["faketime", "-f", clock], {"DONT_FAKE_MONOTONIC": "1"}


class Device:
    def __init__(self, command, folder, account=None):
        self.command = str(command)
        self.folder = pathlib.Path(folder)
        self.account = account

    def arguments(self, *words, json_output=True):
        options = ["--json"] if json_output else []
        return [self.command, "--data", str(self.folder), *options, *map(str, words)]

    def run(self, *words, json_output=True, clock=None):
        """Runs the command to its end. `clock` is what faketime understands: "+5h", "@2262-01-01 00:00:00"."""
        prefix, environment = faked(clock)
        done = subprocess.run(
            [*prefix, *self.arguments(*words, json_output=json_output)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT_S,
            env={**os.environ, **environment},
            check=False,
        )
        return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())

    def start(self, *words, stdout=subprocess.DEVNULL):
        """Starts the command beside the test."""
        return subprocess.Popen(
            self.arguments(*words), stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE, text=True
        )

    def objects(self, *words, clock=None):
        """Runs a command that has to succeed without a word on stderr; what it prints has to be JSON."""
        outcome = self.run(*words, clock=clock)
        assert outcome.exit_code == 0, f"syncline {' '.join(map(str, words))}: {outcome.stderr}"
        assert outcome.stderr == ""
        return outcome.objects()

    def one(self, *words, clock=None):
        """The one object that a command prints."""
        printed = self.objects(*words, clock=clock)
        assert len(printed) == 1, printed
        return printed[0]

    def refused(self, *words, code, clock=None, prints=False):
        """Runs a command that has to fail with this code; returns its message. Few print something all the same."""
        outcome = self.run(*words, clock=clock)
        assert outcome.exit_code == 1, outcome
        assert (outcome.stdout != "") == prints, "an error belongs on stderr"
        assert outcome.stderr.startswith("syncline: ") and outcome.stderr.endswith(f"({code})\n"), outcome.stderr
        assert outcome.stderr.count("\n") == 1, "an error is one line"
        return outcome.stderr

    def wrong_usage(self, *words):
        """Runs a command line that is not one; returns the message."""
        outcome = self.run(*words)
        assert outcome.exit_code == 2, outcome
        assert outcome.stdout == ""
        assert outcome.stderr.startswith("syncline: "), outcome.stderr
        assert outcome.stderr.endswith("; try --help (invalid_argument)\n"), outcome.stderr
        assert outcome.stderr.count("\n") == 1, "an error is one line"
        return outcome.stderr

    def status(self):
        return self.one("status")

    def sync(self):
        """Syncs, and holds the status to it: nothing is pending afterwards."""
        summary = self.one("sync", "once")
        status = self.status()
        assert status["synced"] is True and status["pending_ops"] == 0, status
        return summary

    def record(self, collection, record):
        """A record's fields; None when there is none."""
        outcome = self.run("get", collection, record)
        if outcome.exit_code == 1:
            assert outcome.stderr.endswith("(not_found)\n"), outcome.stderr
            return None
        assert outcome.exit_code == 0, outcome.stderr
        fields = json.loads(outcome.stdout)
        assert fields.pop("id") == record
        return fields

    def export(self, *collection):
        """The export, byte for byte."""
        outcome = self.run("export", *collection)
        assert outcome.exit_code == 0, outcome.stderr
        return outcome.stdout

    def log(self, *words):
        return self.objects("log", *words)

    def account_file(self):
        return self.folder / "account.json"
