"""A TLS server in front of the backend that hands requests on, and damages replies when it is told to."""

import http.client
import http.server
import ssl
import threading

_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


class Reply:
    """A reply on its way to the device. With None as its status the body is all that is sent, without a head."""

    def __init__(self, status, headers, body, length=None):
        self.status = status
        self.headers = headers  # pairs, without the length
        self.body = body
        self.length = len(body) if length is None else length


class _Lines:
    """A request as it is read, and the last line of it."""

    def __init__(self, file):
        self.file = file
        self.last = b""

    def readline(self, *limit):
        self.last = self.file.readline(*limit)
        return self.last

    def __getattr__(self, name):
        return getattr(self.file, name)


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60

    def setup(self):
        super().setup()
        self.rfile = _Lines(self.rfile)

    def handle_one(self):
        proxy = self.server.proxy
        self.close_connection = True
        # A request that breaks off within its head looks as if that ended there.
        if self.rfile.last not in (b"\r\n", b"\n"):
            return
        length = int(self.headers.get("Content-Length", 0))
        request = self.rfile.read(length)
        if len(request) < length:
            return
        if proxy.rewrite is not None:
            request = proxy.rewrite(self.path, request)
        # It may be handed on again when this connection is at another one.
        head = (self.command, self.path, self.headers)
        reply = proxy.damage(self.path, lambda: proxy.forward(*head, request))
        if reply.status is None:
            self.wfile.write(reply.body)
            return
        keep = proxy.keep_alive and reply.length == len(reply.body)
        self.send_response_only(reply.status)
        for name, value in reply.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(reply.length))
        self.send_header("Connection", "keep-alive" if keep else "close")
        self.end_headers()
        self.wfile.write(reply.body)
        self.close_connection = not keep

    do_GET = do_POST = do_DELETE = handle_one

    def log_message(self, *_):
        pass


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def get_request(self):
        plain, address = super().get_request()
        try:
            plain.settimeout(60)
            # The handshake comes with the first read, on the connection's own thread.
            return self.proxy.context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False), address
        except OSError:
            plain.close()
            raise

    def handle_error(self, *_):
        pass


def pass_on(_path, forward):
    return forward()


class TlsProxy:
    """Hands requests on, and what happens to them on the way can be set.

    `rewrite`, unless None, is called with a path and a request's body; it returns the body to hand on.
    `damage` is called with a path and what gets the backend's reply; it returns the reply to send.
    `keep_alive` leaves connections open after a whole reply.
    """

    def __init__(self, backend, ca, certificate):
        self.backend = backend
        self.ca = ca
        self.rewrite = None
        self.damage = pass_on
        self.keep_alive = False
        self.show(certificate)
        self.server = _Server(("127.0.0.1", 0), _Handler)
        self.server.proxy = self
        self.url = f"https://localhost:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()

    def show(self, certificate):
        """Answers with this certificate from now on."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        self.context = context

    def forward(self, method, path, headers, body):
        trusted = ssl.create_default_context(cafile=str(self.backend.ca))
        connection = http.client.HTTPSConnection("localhost", self.backend.port, timeout=60, context=trusted)
        try:
            kept = {name: value for name, value in headers.items() if name.lower() not in _HOP_BY_HOP}
            connection.request(method, path, body=body if method != "GET" else None, headers=kept)
            reply = connection.getresponse()
            kept = [(name, value) for name, value in reply.getheaders() if name.lower() not in _HOP_BY_HOP]
            return Reply(reply.status, kept, reply.read())
        finally:
            connection.close()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
