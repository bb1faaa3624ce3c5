"""Throwaway authorities and certificates, good and bad ones."""

import pathlib
import subprocess


def _openssl(folder, *words, clock=None):
    prefix = ["faketime", clock] if clock else []
    subprocess.run([*prefix, "openssl", *words], cwd=folder, check=True, capture_output=True)


class Authority:
    """An authority that is valid since 2020, so that devices with a late clock trust it as well."""

    def __init__(self, folder, name):
        self.folder = pathlib.Path(folder)
        self.name = name
        self.ca = self.folder / f"{name}.pem"
        _openssl(self.folder, "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{name}.key")
        _openssl(
            self.folder,
            *("req", "-x509", "-new", "-key", f"{name}.key", "-days", "36500", "-subj", f"/CN={name}"),
            *("-addext", "keyUsage=critical,keyCertSign,cRLSign", "-out", f"{name}.pem"),
            clock="2020-01-01 00:00:00",
        )

    def certificate(self, name, host="localhost", days=36500):
        """A certificate that begins in 2020; (certificate file, key file)."""
        pem, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        _openssl(self.folder, "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
        _openssl(self.folder, "req", "-new", "-key", key, "-subj", f"/CN={host}", "-out", f"{name}.csr")
        (self.folder / f"{name}.ext").write_text(
            f"subjectAltName=DNS:{host}\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n"
        )
        _openssl(
            self.folder,
            *("x509", "-req", "-in", f"{name}.csr", "-CA", self.ca, "-CAkey", f"{self.name}.key"),
            *("-set_serial", "1", "-days", str(days), "-extfile", f"{name}.ext", "-out", pem),
            clock="2020-01-01 00:00:00",
        )
        return pem, key
