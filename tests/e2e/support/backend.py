"""The backend, as scripts/serve runs it."""

import json
import os
import pathlib
import signal
import socket
import subprocess

STOP_TIMEOUT_S = 60


def free_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


class Backend:
    def __init__(self, root, folder, kind, prefix=()):
        self.root = pathlib.Path(root)
        self.folder = pathlib.Path(folder).resolve()
        self.log = self.folder.with_suffix(".log")
        self.kind = kind
        self.prefix = prefix  # words in front of the script
        self.port = free_port()
        self.url = self.ca = self.process = None

    def start(self):
        """Starts it and waits until it answers. The same folder and port go on with what is there."""
        arguments = ["--port", str(self.port), "--dir", str(self.folder)]
        if self.kind == "mariadb":
            arguments.append("--mariadb")
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", "--", *self.prefix, str(self.root / "scripts/serve"), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        line = self.process.stdout.readline()  # empty when the script ended
        assert line, self.log.read_text()
        answer = json.loads(line)
        self.url, self.ca = answer["url"], pathlib.Path(answer["ca"])
        return self

    def stop(self):
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(STOP_TIMEOUT_S)
        self.process.stdout.close()
        self.process = None

    def processes(self):
        """The servers' processes: the database, PHP, Apache."""
        found = {"mariadbd": [], "php-cgi": [], "apache2": []}
        for entry in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                name = (entry / "comm").read_text().strip()
                arguments = (entry / "cmdline").read_bytes().split(b"\0")
                if name.startswith("php-cgi"):
                    mine = f"SYNCLINE_ENV_FILE={self.folder}/data/.env".encode()
                    if mine in (entry / "environ").read_bytes().split(b"\0"):
                        found["php-cgi"].append(int(entry.name))
                elif name == "apache2" and f"{self.folder}/run/apache.conf".encode() in arguments:
                    found["apache2"].append(int(entry.name))
                elif name == "mariadbd" and f"--datadir={self.folder}/mariadb".encode() in arguments:
                    found["mariadbd"].append(int(entry.name))
            except OSError:
                continue  # it ended meanwhile
        return [pid for pids in found.values() for pid in pids]

    def kill(self):
        """SIGKILL to the script and to all that it started."""
        assert self.processes(), "there is nothing to kill"
        os.killpg(self.process.pid, signal.SIGKILL)
        while remaining := self.processes():  # those that left the script's process group
            for pid in remaining:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        self.process.wait(STOP_TIMEOUT_S)
        self.process.stdout.close()
        self.process = None
