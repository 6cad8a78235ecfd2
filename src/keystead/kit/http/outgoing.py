"""Calls out of Keystead: only to hosts that the administrator named, only with TLS.

A page, file or connector may carry an address that somebody else wrote. So the host must be on
the list, every address that its name stands for must be a public one (unless the host is listed
as a private one), the connection goes to the very address that was checked, and a redirect is
handed back, never followed.
"""

from __future__ import annotations

import dataclasses
import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import urlsplit

from django.conf import settings

from keystead.kernel.errors import NotAllowed, SourceProblem

LARGEST = 10 * 1024 * 1024
_PIECE = 1024 * 1024
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
Resolve = Callable[[str, int], Iterable[str]]


@dataclasses.dataclass(frozen=True)
class Target:
    """A checked address: where to connect (``address``), and whom to expect there (``host``)."""

    host: str
    port: int
    path: str
    address: str


@dataclasses.dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    content: bytes


def checked(
    url: str,
    *,
    hosts: Iterable[str] | None = None,
    private: Iterable[str] | None = None,
    resolve: Resolve | None = None,
) -> Target:
    """Return where a call may go, or raise NotAllowed.

    ``hosts`` (default KEYSTEAD_OUTGOING) may be called at public addresses, ``private`` (default
    KEYSTEAD_OUTGOING_PRIVATE) at inner ones too. A listed name stands for itself only.
    """
    parts = urlsplit(url)
    host, port = (parts.hostname or "").rstrip("."), _port(parts.netloc, url)
    inner = set(settings.KEYSTEAD_OUTGOING_PRIVATE if private is None else private)
    if parts.scheme != "https" or parts.username or parts.password or not host:
        raise _refused(url, "Only https addresses without a password in them are called.")
    if host not in inner | set(settings.KEYSTEAD_OUTGOING if hosts is None else hosts):
        raise _refused(url, "This host is not on the list of hosts that may be called.")
    found = list((resolve or _resolve)(host, port))
    if not found:
        raise _refused(url, "This host has no address.")
    if host not in inner and not all(is_public(one) for one in found):
        raise _refused(url, "This host leads to an inner address.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(host, port, path, found[0])


def fetch(
    url: str,
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    seconds: float = 10,
    whole_seconds: float = 60,
    largest: int = LARGEST,
    context: ssl.SSLContext | None = None,
    **check: Iterable[str],
) -> Answer:
    """Call a checked address and return the answer; a redirect is an answer like any other.

    ``seconds``: how long the other side may be silent; ``whole_seconds``: how long all of the
    answer may take. Raises NotAllowed for an address off the list, SourceProblem when the call
    fails, takes longer, or the answer is larger than ``largest`` bytes.
    """
    target = checked(url, **check)  # type: ignore[arg-type]
    line = _Pinned(target, seconds, context or ssl.create_default_context())
    try:
        line.request(method, target.path, body=body, headers=dict(headers or {}))
        content = _whole(response := line.getresponse(), largest, time.monotonic() + whole_seconds)
    except (OSError, http.client.HTTPException) as error:
        raise SourceProblem(
            f"{target.host} does not answer as it should.", code="call_failed", host=target.host
        ) from error
    finally:
        line.close()
    if len(content) > largest:
        raise SourceProblem(f"The answer of {target.host} is too large.", code="answer_too_large")
    return Answer(response.status, dict(response.getheaders()), content)


def _whole(response: http.client.HTTPResponse, largest: int, until: float) -> bytes:
    """Return the answer up to one byte more than the largest; one that drips for ever is ended."""
    content = bytearray()
    while piece := response.read1(min(_PIECE, largest + 1 - len(content))):
        content += piece
        if len(content) > largest:
            return bytes(content)
        if time.monotonic() > until:
            raise TimeoutError("the answer takes too long")
    if response.length:
        raise http.client.IncompleteRead(b"", response.length)
    return bytes(content)


def is_public(address: str) -> bool:
    """Say whether an address belongs to the open internet.

    >>> is_public("93.184.216.34"), is_public("10.0.0.1"), is_public("::ffff:127.0.0.1")
    (True, False, False)
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped or found.sixtofour:
            return is_public(str(found.ipv4_mapped or found.sixtofour))
        if found in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)))
    return found.is_global and not found.is_multicast and not found.is_reserved


class _Pinned(http.client.HTTPSConnection):
    """Connects to the address that was checked, and asks for the certificate of the host."""

    def __init__(self, target: Target, seconds: float, context: ssl.SSLContext) -> None:
        super().__init__(target.host, target.port, timeout=seconds, context=context)
        self._target, self._context_of_call = target, context

    def connect(self) -> None:
        plain = socket.create_connection((self._target.address, self._target.port), self.timeout)
        self.sock = self._context_of_call.wrap_socket(plain, server_hostname=self._target.host)


def _resolve(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return [str(entry[4][0]) for entry in found]


def _port(netloc: str, url: str) -> int:
    try:
        return urlsplit(f"//{netloc}").port or 443
    except ValueError as error:
        raise _refused(url, "This is not an address.") from error


def _refused(url: str, why: str) -> NotAllowed:
    return NotAllowed(
        why,
        code="outgoing_refused",
        hint="An administrator may add the host to KEYSTEAD_OUTGOING.",
        host=urlsplit(url).hostname or "",
    )
