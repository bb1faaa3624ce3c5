"""A network that does harm to connections, requests and replies, as often as it is told and with a count of each."""

import contextlib
import gzip
import json
import random
import socket
import struct
import threading
import time

from support.tls_proxy import Reply, TlsProxy

ON_CONNECTIONS = ("refused", "cut_request", "cut_reply", "slow_request", "slow_reply", "noise")
ON_REQUESTS = (
    *("delay", "too_late", "reply_lost", "duplicate", "duplicate_later", "garbage", "bit_flip", "body_cut"),
    *("html", "unauthorized", "too_large", "unprocessable", "rate_limited", "server_error", "bad_gateway", "busy"),
)
# A second use of a token, after the first one's successor came into use, rightly ends the login.
ONLY_ON_SYNC = ("duplicate", "duplicate_later", "unauthorized", "too_large", "unprocessable")
OPEN_TIMEOUT_S = 60
TOO_LATE_S = 5  # longer than a device waits
HARM_BYTES_MAX = 4_000  # of a connection: its handshake, and a request or two


class Deck:
    """Cards that are drawn one by one and shuffled when they run out: a fault each, and so many that let pass.

    The seed fixes the draws, not what they meet.
    """

    def __init__(self, seed, faults, passes):
        self.random = random.Random(seed)
        self.cards = [*faults, *[None] * passes]
        self.left = []
        self.lock = threading.Lock()
        self.counts = dict.fromkeys(faults, 0)

    def draw(self, without=()):
        with self.lock:
            if not self.left:
                self.left = self.random.sample(self.cards, len(self.cards))
            for place in reversed(range(len(self.left))):
                if self.left[place] not in without:
                    return self.left.pop(place)
            return None

    def put_back(self, fault):
        """It met nothing that it could harm."""
        with self.lock:
            self.left.insert(self.random.randrange(len(self.left) + 1), fault)

    def fired(self, fault):
        with self.lock:
            self.counts[fault] += 1

    def below(self, bound):
        with self.lock:
            return self.random.randrange(bound)

    def noise(self, count):
        with self.lock:
            return self.random.randbytes(count)


class FaultyNetwork:
    """Connections go through `Wire`, which sees only bytes, then through a proxy that ends TLS and sees requests."""

    def __init__(self, backend, ca, certificate, seed):
        self._on = False
        self.ca = ca
        self.connections = Deck(seed, ON_CONNECTIONS, 9)
        self.requests = Deck(seed + 1, ON_REQUESTS, 24)
        self.statuses = {}  # of the backend's own replies
        self.later = []
        self.proxy = TlsProxy(backend, ca, certificate)
        self.proxy.damage = self._damage
        self.proxy.keep_alive = True
        self.wire = Wire(self.proxy.server.server_port, self)
        self.url = f"https://localhost:{self.wire.port}"

    @property
    def on(self):
        return self._on

    @on.setter
    def on(self, harms):
        """Once it is off, nothing that began before refuses a connection any more."""
        self._on = harms
        if not harms:
            self.wire.wait_until_open()

    def counts(self):
        return {**self.connections.counts, **self.requests.counts}

    def close(self):
        self.on = False
        for waiting in self.later:
            waiting.join()
        self.wire.close()
        self.proxy.close()

    def _damage(self, path, forward):
        def asked():
            reply = forward()
            self.statuses[reply.status] = self.statuses.get(reply.status, 0) + 1
            return reply

        if not self.on:
            return asked()
        is_sync = path.startswith(("/v1/sync", "/v1/changes"))
        fault = self.requests.draw(() if is_sync else ONLY_ON_SYNC)
        if fault is None:
            return asked()
        self.requests.fired(fault)
        return getattr(self, f"_{fault}")(asked)

    def _delay(self, asked):
        before, after = (self.requests.below(800) / 1000 for _ in range(2))
        time.sleep(before)
        reply = asked()
        time.sleep(after)
        return reply

    def _too_late(self, asked):
        """The device has given up: the request arrives when it may have sent others, or its reply does."""
        if self.requests.below(2) == 0:
            time.sleep(TOO_LATE_S)
            return asked()
        reply = asked()
        time.sleep(TOO_LATE_S)
        return reply

    def _reply_lost(self, asked):
        asked()
        return Reply(None, [], b"")

    def _duplicate(self, asked):
        replies = [asked(), asked()]
        return replies[self.requests.below(2)]

    def _duplicate_later(self, asked):
        waiting = threading.Timer(0.2 + self.requests.below(1_500) / 1000, asked)
        self.later.append(waiting)
        waiting.start()
        return asked()

    def _garbage(self, asked):
        asked()
        return Reply(None, [], self.requests.noise(1 + self.requests.below(400)))

    def _bit_flip(self, asked):
        """In the body as it is before compression, whose header has bits that mean nothing."""
        reply = asked()
        packed = ("Content-Encoding", "gzip") in reply.headers
        body = bytearray(gzip.decompress(reply.body) if packed else reply.body)
        if body:
            body[self.requests.below(len(body))] ^= 1 << self.requests.below(8)
        return Reply(reply.status, reply.headers, gzip.compress(body) if packed else bytes(body))

    def _body_cut(self, asked):
        reply = asked()
        kept = self.requests.below(len(reply.body) + 1)
        claimed = len(reply.body) if self.requests.below(2) == 0 else kept
        return Reply(reply.status, reply.headers, reply.body[:kept], claimed)

    def _html(self, _asked):
        return Reply(200, [("Content-Type", "text/html")], b"<html><body>Welcome to the hotel</body></html>")

    def _unauthorized(self, _asked):
        return self._problem(401, "token_expired")

    def _too_large(self, _asked):
        return Reply(413, [("Content-Type", "text/html")], b"<html>Request Entity Too Large</html>")

    def _unprocessable(self, _asked):
        return self._problem(422, "validation_failed")

    def _rate_limited(self, _asked):
        return self._problem(429, "rate_limited")

    def _server_error(self, asked):
        if self.requests.below(2) == 0:
            asked()  # and fails after it has committed
        return self._problem(500, "internal")

    def _bad_gateway(self, _asked):
        return Reply(502, [("Content-Type", "text/html")], b"<html>Bad Gateway</html>")

    def _busy(self, _asked):
        return self._problem(503, "busy")

    def _problem(self, status, code):
        problem = {"type": "about:blank", "title": "x", "status": status, "code": code, "detail": "x"}
        body = json.dumps({**problem, "retryable": status >= 429, "request_id": "1"}).encode()
        headers = [("Content-Type", "application/problem+json")]
        if status in (429, 503) and self.requests.below(2) == 0:
            headers.append(("Retry-After", str(self.requests.below(3))))
        return Reply(status, headers, body)


# What happens to the bytes to the server and from it.
_HARM = {
    "cut_request": ("cut", None),
    "cut_reply": (None, "cut"),
    "slow_request": ("slow", None),
    "slow_reply": (None, "slow"),
    "noise": (None, "noise"),
}


class Wire:
    """Carries bytes to a port, and cuts, slows or replaces them at any of them."""

    def __init__(self, target, network):
        self.target = target
        self.network = network
        self.deck = network.connections
        self.closed = False
        self.port = 0
        self.open = threading.Condition()
        self.is_open = True
        self._listen()
        self.thread = threading.Thread(target=self._accept)
        self.thread.start()

    def _listen(self):
        while True:
            listening = socket.socket()
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listening.bind(("127.0.0.1", self.port))
                listening.listen(64)
                break
            except OSError:  # somebody took the port for a moment
                listening.close()
                time.sleep(0.05)
        listening.settimeout(0.05)
        self.listening = listening
        self.port = listening.getsockname()[1]

    def _accept(self):
        while not self.closed:
            try:
                device, _ = self.listening.accept()
            except TimeoutError:
                continue
            fault = self._draw()
            if fault == "refused":
                self._refuse(device)
            else:
                threading.Thread(target=self._carry, args=(device, fault), daemon=True).start()
        self.listening.close()

    def _draw(self):
        with self.open:
            fault = self.deck.draw() if self.network.on else None
            self.is_open = fault != "refused"
            return fault

    def _refuse(self, device):
        """This connection, and all others until somebody listens again."""
        self.deck.fired("refused")
        _reset(device)
        self.listening.close()
        time.sleep(0.1 + self.deck.below(500) / 1000)
        self._listen()
        with self.open:
            self.is_open = True
            self.open.notify_all()

    def wait_until_open(self):
        with self.open:
            assert self.open.wait_for(lambda: self.is_open, OPEN_TIMEOUT_S), f"port {self.port} stays taken"

    def _carry(self, device, fault):
        device.settimeout(None)
        there, back = _HARM.get(fault, (None, None))
        with device, socket.create_connection(("127.0.0.1", self.target)) as server:
            other = threading.Thread(target=self._pump, args=(device, server, there, fault), daemon=True)
            other.start()
            self._pump(server, device, back, fault)
            other.join()

    def _pump(self, source, sink, harm, fault):
        """Carries one direction until it ends. The harm is done once, from a random byte on."""
        place = self.deck.below(HARM_BYTES_MAX) if harm else 0
        passed = 0
        try:
            while data := source.recv(65_536):
                if harm and self.network.on and passed + len(data) > place:
                    self.deck.fired(fault)
                    done, harm = harm, None
                    self._harm(sink, done, data, place - passed)
                    if done == "cut":
                        _reset(sink)
                        source.shutdown(socket.SHUT_RDWR)
                        return
                else:
                    sink.sendall(data)
                passed += len(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            for end in (source, sink):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
        finally:
            if harm:
                self.deck.put_back(fault)

    def _harm(self, sink, harm, data, place):
        sink.sendall(data[:place])
        rest = data[place:]
        if harm == "slow":
            while rest:
                count = 1 + self.deck.below(12)
                sink.sendall(rest[:count])
                rest = rest[count:]
                time.sleep(0.004)
        elif harm == "noise":
            sink.sendall(self.deck.noise(len(rest)))

    def close(self):
        self.closed = True
        self.thread.join()


def _reset(end):
    """Ends a connection as a machine does that is gone: with a reset, and what was not read is lost."""
    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    end.close()
