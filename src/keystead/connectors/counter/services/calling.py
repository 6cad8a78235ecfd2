"""Calls of the COUNTER API: only to listed hosts, one after the other, and never too often."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone

from keystead.connectors.counter import models
from keystead.connectors.counter.calc.address import address, base_of
from keystead.connectors.counter.rules.outcome import BUSY, QUEUED
from keystead.connectors.counter.rules.pacing import retry_after, wait_seconds
from keystead.kit.http.outgoing import fetch
from keystead.kit.secrets import unseal

PURPOSE = "counter.source"
LARGEST = 512 * 1024 * 1024
SILENT_SECONDS, WHOLE_SECONDS = 60.0, 900.0
PATIENT_SECONDS = 10.0  # a turn further away than this is not waited for, but come back to
_HEADERS = {"Accept": "application/json", "User-Agent": "Keystead"}


class NotNow(Exception):
    """The server may not be called before a moment."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"not before {until}")
        self.until = until


@dataclasses.dataclass(frozen=True)
class Reply:
    """What a server answered; ``codes``: the exceptions of an answer that is no report."""

    status: int
    content: bytes
    retry_after: int | None
    codes: frozenset[int]

    @property
    def queued(self) -> bool:
        return self.status == 202 or QUEUED in self.codes

    @property
    def busy(self) -> bool:
        return self.status in {429, 503} or bool(BUSY & self.codes)


def ask(
    source: models.UsageSource,
    path: str,
    words: Sequence[tuple[str, str]] = (),
    *,
    customer_id: str = "",
    requestor_id: str = "",
) -> Reply:
    """Call a server for a source when it is its turn.

    Raises NotNow when the server asked to be left alone longer than one waits, or just said so;
    NotAllowed for a host off the list; SourceProblem when it does not answer.
    """
    base = base_of(source.server, source.release)
    host = urlsplit(base).netloc
    _take_turn(host, source.pause_seconds)
    opened = (
        ("customer_id", customer_id or source.customer_id),
        ("requestor_id", requestor_id or _opened(source.requestor_sealed)),
        ("api_key", _opened(source.key_sealed)),
        ("platform", source.platform),
    )
    answer = fetch(
        address(base, path, (*opened, *words)),
        headers=_HEADERS,
        seconds=SILENT_SECONDS,
        whole_seconds=WHOLE_SECONDS,
        largest=LARGEST,
    )
    said = {name.lower(): value for name, value in answer.headers.items()}
    reply = Reply(
        answer.status,
        answer.content,
        retry_after(said.get("retry-after", ""), timezone.now()),
        codes_in(answer.content),
    )
    if reply.busy:
        raise NotNow(_leave_alone(host, reply.retry_after))
    if path.startswith("/reports/"):  # a list that comes says nothing of a report that may not
        models.ServerTurn.objects.filter(host=host, refusals__gt=0).update(refusals=0)
    return reply


def codes_in(content: bytes) -> frozenset[int]:
    """Return the codes of a small answer that is one exception, or a list of them.

    >>> sorted(codes_in(b'{"Code": 1020, "Message": "too many"}'))
    [1020]
    """
    if len(content) > 100_000:
        return frozenset()
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        return frozenset()
    return frozenset(one["Code"] for one in _exceptions(said))


def exceptions_in(content: bytes) -> list[dict[str, Any]]:
    """Return the exceptions of a small answer, with their words."""
    if len(content) > 100_000:
        return []
    try:
        return _exceptions(json.loads(content))
    except (ValueError, RecursionError):
        return []


def _exceptions(said: Any) -> list[dict[str, Any]]:
    found = said if isinstance(said, list) else [said]
    if isinstance(said, dict):
        head = said.get("Report_Header")
        for part in (said, head if isinstance(head, dict) else {}):
            many = part.get("Exceptions", part.get("Exception", ()))
            found += many if isinstance(many, list) else [many]
    return [
        {"Code": one["Code"], "Message": str(one.get("Message", ""))[:300],
         "Data": str(one.get("Data", ""))[:300]}
        for one in found
        if isinstance(one, dict) and isinstance(one.get("Code"), int)
    ]  # fmt: skip


def _opened(sealed: str) -> str:
    return unseal(sealed, purpose=PURPOSE) if sealed else ""


def _take_turn(host: str, pause: int) -> None:
    """Reserve the next call of a server for this caller, and wait for it."""
    now = timezone.now()
    with transaction.atomic():
        models.ServerTurn.objects.get_or_create(host=host, defaults={"next_at": now})
        row = models.ServerTurn.objects.select_for_update().get(pk=host)
        turn = max(now, row.next_at)
        wait = (turn - now).total_seconds()
        if wait > PATIENT_SECONDS:
            raise NotNow(turn)
        row.next_at = turn + timedelta(seconds=pause)
        row.save(update_fields=["next_at"])
    if wait > 0:
        time.sleep(wait)


def _leave_alone(host: str, asked: int | None) -> datetime:
    """Note that a server wants to be left alone, and until when."""
    with transaction.atomic():
        row = models.ServerTurn.objects.select_for_update().get(pk=host)
        row.refusals = min(row.refusals + 1, 1000)
        row.next_at = timezone.now() + timedelta(seconds=wait_seconds(row.refusals, asked))
        row.save()
    return row.next_at
