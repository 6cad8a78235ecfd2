"""How often one address may try a page that nobody signs in for."""

from __future__ import annotations

import hashlib
from time import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _

from keystead.kernel.errors import TooMuch


def throttle(request: HttpRequest, *, what: str, most: int, seconds: int = 60) -> None:
    """Count a try of an address, or raise TooMuch where it tried more often in this slice of time.

    Only a hash of the address is kept, until the slice is over. Requests at the same instant may
    be counted as one: it slows guessing, it is no lock.
    """
    address = get_adapter().get_client_ip(request)
    piece = int(time()) // seconds
    digest = hashlib.sha256(f"{what}:{address}".encode()).hexdigest()[:32]
    key = f"throttle:{digest}:{piece}"
    cache.add(key, 0, timeout=seconds * 2)
    try:
        tries = cache.incr(key)
    except ValueError:  # thrown out between the two
        tries = 1
    if tries > most:
        raise TooMuch(
            _("Too many tries. Wait some minutes, then try again."), code="too_many_tries"
        )
