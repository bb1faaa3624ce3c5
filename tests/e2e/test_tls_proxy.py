"""The proxy that damages requests and replies hands on what came to it."""

import http.client
import ssl

import pytest

from support.tls_proxy import Reply, TlsProxy


@pytest.fixture
def lone_proxy(authority, good_certificate):
    made = TlsProxy(None, authority.ca, good_certificate)
    made.keep_alive = True
    yield made
    made.close()


def test_a_late_copy_is_of_the_request_that_it_copies(lone_proxy, authority):
    handed_on, copies = [], []

    def forward(method, path, _headers, body):
        handed_on.append((method, path, body))
        return Reply(200, [], b"")

    def damage(_path, asked):
        copies.append(asked)
        return asked()

    lone_proxy.forward, lone_proxy.damage = forward, damage
    trusted = ssl.create_default_context(cafile=str(authority.ca))
    connection = http.client.HTTPSConnection("localhost", lone_proxy.server.server_port, timeout=60, context=trusted)
    for method, path, body in (("GET", "/v1/changes", None), ("POST", "/v1/sync", b"{}")):
        connection.request(method, path, body)
        connection.getresponse().read()
    connection.close()
    copies[0]()
    first = ("GET", "/v1/changes", b"")
    assert handed_on == [first, ("POST", "/v1/sync", b"{}"), first]
