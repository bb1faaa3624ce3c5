"""A command with a terminal for its bars."""

import os
import signal
import subprocess

from support.device import TIMEOUT_S, Outcome


def _read(own):
    """What the command has to say; nothing when it is at its end."""
    try:
        return os.read(own, 4096).decode()
    except OSError:
        return ""


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
