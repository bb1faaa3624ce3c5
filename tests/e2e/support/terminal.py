"""A command whose stderr is a terminal, and the bar that it shows there."""

import os
import pty
import re
import subprocess
import tempfile


def on_a_terminal(device, *words):
    """Runs a command whose stderr is a terminal; what it printed on stdout, and on the terminal."""
    ours, terminal = pty.openpty()
    with tempfile.TemporaryFile() as printed:
        process = subprocess.Popen(
            device.arguments(*words, json_output=False), stdin=subprocess.DEVNULL, stdout=printed, stderr=terminal
        )
        os.close(terminal)
        shown = b""
        try:
            while part := os.read(ours, 4_096):
                shown += part
        except OSError:  # how a terminal ends that nobody has open any more
            pass
        os.close(ours)
        assert process.wait() == 0, shown
        printed.seek(0)
        return printed.read().decode(), shown.decode()


def assert_bar(shown, label):
    """The bar goes from somewhere to the end, only forward, and at last it is gone."""
    *bars, last = shown.split("\r")[1:]
    assert len(bars) > 2
    assert all(re.fullmatch(label + r" \[#*\.*\] +\d+%", bar) for bar in bars), shown
    percents = [int(bar.split()[-1].rstrip("%")) for bar in bars]
    assert percents == sorted(percents), "it only goes forward"
    assert percents[0] < percents[-1] == 100
    assert last == "\x1b[K", "at the end the line is empty"
