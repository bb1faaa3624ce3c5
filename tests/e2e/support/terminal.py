"""A command whose stderr is a terminal, and the bars that it shows there."""

import os
import re
import signal
import subprocess
import tempfile

from support.device import TIMEOUT_S, Outcome


def _read(own):
    """What the command has to say; nothing when it is at its end, which is how a terminal ends that nobody has open."""
    try:
        return os.read(own, 4096).decode()
    except OSError:
        return ""


def on_a_terminal(device, *words):
    """Runs a command whose stderr is a terminal; what it printed on stdout, and on the terminal."""
    own, commands = os.openpty()
    with tempfile.TemporaryFile() as printed:
        process = subprocess.Popen(
            device.arguments(*words, json_output=False), stdin=subprocess.DEVNULL, stdout=printed, stderr=commands
        )
        os.close(commands)
        shown = ""
        while part := _read(own):
            shown += part
        os.close(own)
        assert process.wait() == 0, shown
        printed.seek(0)
        return printed.read().decode(), shown


def assert_bar(shown, label):
    """The bar goes from somewhere to the end, only forward, and at last it is gone."""
    *bars, last = shown.split("\r")[1:]
    assert len(bars) > 2
    assert all(re.fullmatch(label + r" \[#*\.*\] +\d+%", bar) for bar in bars), shown
    percents = [int(bar.split()[-1].rstrip("%")) for bar in bars]
    assert percents == sorted(percents), "it only goes forward"
    assert percents[0] < percents[-1] == 100
    assert last == "\x1b[K", "at the end the line is empty"


def interrupted_at(device, label, *words):
    """Runs a command, and interrupts it as soon as it shows the bar with this label; how it ended."""
    own, commands = os.openpty()
    process = subprocess.Popen(
        device.arguments(*words),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=commands,
        # A shell that runs the tests in the background has told them to pass over it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    os.close(commands)
    said = ""
    try:
        while f"{label} [" not in said:
            part = _read(own)
            assert part != "", f"no such bar: {said!r}"
            said += part
        process.send_signal(signal.SIGINT)
        while part := _read(own):
            said += part
        printed, _ = process.communicate(timeout=TIMEOUT_S)
        return Outcome(process.returncode, printed.decode(), said)
    finally:
        process.kill()
        process.wait()
        os.close(own)
