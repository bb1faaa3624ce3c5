"""An account and the devices that are logged in to it."""

import itertools
import json
import secrets

from support.device import Device
from support.tokens import expired_token

_numbers = itertools.count(1)


class Account:
    def __init__(self, command, folder, backend, schema):
        self.command = command
        self.folder = folder
        self.backend = backend
        self.schema = schema
        self.email = f"person{next(_numbers)}.{secrets.token_hex(4)}@example.org"
        self.password_file = folder / "password"
        self.password_file.write_text(secrets.token_urlsafe(16) + "\n")
        self.registered = False
        self.devices = []

    def login_words(self, verb, server=None):
        server = server or self.backend
        return (
            *("account", verb, "--server", server.url, "--email", self.email),
            *("--password-file", self.password_file, "--ca", server.ca),
        )

    def device(self, name, server=None, schema=True):
        """A new device with sync on; the first one registers the account."""
        device = Device(self.command, self.folder / name, self)
        device.one("init", *(("--schema", self.schema) if schema else ()))
        device.one(*self.login_words("login" if self.registered else "register", server))
        self.registered = True
        device.one("sync", "enable")
        self.devices.append(device)
        return device

    def expire_access_token(self, device):
        """Gives a device an access token that expired, signed by the server's own key."""
        known = json.loads(device.account_file().read_text())
        known["access"] = expired_token(self.backend, known["account"])
        device.account_file().write_text(json.dumps(known))


def sync_all(devices):
    """Two rounds: what the last one sends in the first, the others get in the second."""
    for _ in range(2):
        for device in devices:
            device.sync()


def assert_identical(devices):
    """All devices export the same bytes; returns them."""
    exports = [device.export() for device in devices]
    assert all(export == exports[0] for export in exports), "the devices differ"
    return exports[0]
