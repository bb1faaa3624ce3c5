"""Kills at random moments, how many of them hit, and how many left the work done in part."""

import random
import signal
import subprocess

SEED = 20260301
KILLS_MIN = 100
PARTIAL_MIN = 5  # of each kind


class Kills:
    """Counts the kills that hit a running process. The seed fixes the draws, not what they meet."""

    def __init__(self):
        self.random = random.Random(SEED)
        self.hits = {}
        self.partial = {}
        self.replays = 0
        self.longest_s = {}

    @property
    def total(self):
        return sum(self.hits.values())

    def enough(self, what, hits_min):
        """Whether so many hit, and enough of them left the work done in part."""
        return self.hits.get(what, 0) >= hits_min and self.partial.get(what, 0) >= PARTIAL_MIN

    def left(self, what, done, whole):
        """What a kill that hit left: so much of the work done. Some of it, but not all, means that it fell inside."""
        assert 0 <= done <= whole
        self.partial[what] = self.partial.get(what, 0) + (0 < done < whole)

    def strikes(self, what, process, kill):
        """Waits for a random moment of a started command and calls `kill` if it still runs then; whether it did."""
        longest_s = self.longest_s.setdefault(what, 1.0)
        try:
            process.communicate(timeout=self.random.uniform(0, longest_s))
        except subprocess.TimeoutExpired:
            kill()
            self.hits[what] = self.hits.get(what, 0) + 1
            self.longest_s[what] = min(longest_s * 1.2, 10.0)
            return True
        assert process.returncode == 0, "it failed before it was killed"
        # It came too late: the moments follow the speed of the machine, so that some fall early and some late.
        self.longest_s[what] = max(longest_s * 0.7, 0.02)
        return False

    def strikes_command(self, what, process):
        """SIGKILL to a started command at a random moment; whether it hit."""

        def kill():
            process.kill()
            process.communicate()

        struck = self.strikes(what, process, kill)
        if struck and process.returncode != -signal.SIGKILL:  # it ended in the moment between
            self.hits[what] -= 1
            return False
        return struck
