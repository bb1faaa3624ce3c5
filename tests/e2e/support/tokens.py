"""Access tokens as the backend makes them."""

import base64
import hashlib
import hmac
import json
import re
import time


def _part(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def expired_token(backend, account):
    """A token of this account that expired a minute ago. Its signature is good."""
    settings = (backend.folder / "data" / ".env").read_text()
    secret = re.search(r'^SYNCLINE_JWT_SECRET="?([^"\n]+)', settings, re.MULTILINE)[1]
    now = int(time.time())
    header = {"typ": "JWT", "alg": "HS256"}
    claims = {"iss": "syncline", "sub": account, "iat": now - 960, "exp": now - 60, "jti": "0" * 16}
    signed = b".".join(_part(json.dumps(part).encode()) for part in (header, claims))
    signature = hmac.new(secret.encode(), signed, hashlib.sha256).digest()
    return (signed + b"." + _part(signature)).decode()
