"""Calls out: only to listed hosts, only with TLS, never to an inner address by a trick."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from keystead.kernel.errors import NotAllowed, SourceProblem
from keystead.kit.http.outgoing import checked, fetch, is_public

OPEN = "93.184.216.34"


def public(host: str, port: int) -> list[str]:
    return [OPEN]


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1",
     "0.0.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1",
     "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "192.0.2.1", "198.18.0.1"],
)  # fmt: skip
def test_inner_and_special_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(NotAllowed, match="inner address"):
        checked("https://hooks.example/", hosts=["hooks.example"], private=[],
                resolve=lambda host, port: [OPEN, address])  # fmt: skip


def test_a_listed_host_is_checked_and_pinned() -> None:
    target = checked(
        "https://hooks.example:8443/a?b=c", hosts=["hooks.example"], private=[], resolve=public
    )
    assert (target.host, target.port, target.path, target.address) == (
        "hooks.example", 8443, "/a?b=c", OPEN,
    )  # fmt: skip


@pytest.mark.parametrize(
    "url",
    ["http://hooks.example/", "ftp://hooks.example/", "file:///etc/passwd", "https://",
     "https://evil.example/", "https://hooks.example.evil.example/", "https://sub.hooks.example/",
     "https://user:pw@hooks.example/", "https://hooks.example@evil.example/",
     "https://127.0.0.1/", "https://[::1]/", "https://hooks.example:99999/", "hooks.example",
     "https://2130706433/"],
)  # fmt: skip
def test_everything_else_is_refused(url: str) -> None:
    with pytest.raises(NotAllowed):
        checked(url, hosts=["hooks.example"], private=[], resolve=public)


def test_nothing_is_listed_by_default(settings) -> None:
    with pytest.raises(NotAllowed, match="not on the list"):
        checked("https://hooks.example/", resolve=public)
    settings.KEYSTEAD_OUTGOING = frozenset({"hooks.example"})
    assert checked("https://hooks.example/", resolve=public).address == OPEN


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[int, ssl.SSLContext, list[str]]]:
    """A TLS server on this machine whose certificate is for hooks.example."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "hooks.example")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name)
        .public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1)).not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("hooks.example"),
                       x509.IPAddress(ipaddress.ip_address("127.0.0.9"))]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = tmp_path / "server.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(f"{self.headers['Host']}{self.path}")
            moved = self.path == "/moved"
            self.send_response(302 if moved else 200)
            if moved:
                self.send_header("Location", "https://127.0.0.1/inner")
            self.send_header("Content-Length", "5")
            self.end_headers()
            self.wfile.write(b"hello")

        def log_message(self, *args: object) -> None:
            pass

    web = HTTPServer(("127.0.0.1", 0), Handler)
    inside = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    inside.load_cert_chain(pem)
    web.socket = inside.wrap_socket(web.socket, server_side=True)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    yield web.server_address[1], ssl.create_default_context(cadata=pem.read_text()), asked
    web.shutdown()
    web.server_close()


def test_a_call_goes_to_the_checked_address_and_no_further(server) -> None:
    port, trust, asked = server
    listed = {"private": ["hooks.example"], "resolve": lambda host, port: ["127.0.0.1"]}
    answer = fetch(f"https://hooks.example:{port}/a?b=c", context=trust, **listed)
    assert (answer.status, answer.content) == (200, b"hello")
    moved = fetch(f"https://hooks.example:{port}/moved", context=trust, **listed)
    assert moved.status == 302  # handed back, not followed
    assert asked == [f"hooks.example:{port}/a?b=c", f"hooks.example:{port}/moved"]


def test_a_wrong_certificate_ends_the_call(server) -> None:
    port, _trust, asked = server
    with pytest.raises(SourceProblem):
        fetch(
            f"https://hooks.example:{port}/", private=["hooks.example"],
            resolve=lambda host, port: ["127.0.0.1"],
        )  # fmt: skip
    assert asked == []
