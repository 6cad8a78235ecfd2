"""What a source says of itself: whether it serves, its reports, its members."""

from __future__ import annotations

import json
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.connectors.counter import models
from keystead.connectors.counter.calc.wording import json_pairs
from keystead.connectors.counter.rules.outcome import CLOSED
from keystead.connectors.counter.rules.state import WORDS
from keystead.connectors.counter.services.calling import Reply, ask, exceptions_in
from keystead.connectors.counter.types.harvest import Member
from keystead.kernel.errors import SourceProblem


class Closed(Exception):
    """The source cannot be asked: what opens it is wrong, or it does not answer as one."""


def offers_of(source: models.UsageSource) -> dict[str, dict[str, str]]:
    """Return the reports that a source offers, with their first and last month where it says.

    Empty when it cannot say. Kept with the source. Raises Closed when it refuses.
    """
    said = _listed(source, "/reports")
    offers = {
        str(one.get("Report_ID", "")).upper(): {
            "first": str(one.get("First_Month_Available", "")),
            "last": str(one.get("Last_Month_Available", "")),
        }
        for one in said
        if one.get("Report_ID")
    }
    kept = [{"report": name, **months} for name, months in sorted(offers.items())]
    news = {"offers": kept, "asked_at": timezone.now(), "trouble": {}}
    models.SourceNews.objects.update_or_create(source=source, defaults=news)
    return offers


def members_of(source: models.UsageSource) -> tuple[Member, ...]:
    """Return the members that a consortium may fetch for; kept with the source."""
    members = tuple(
        Member(
            str(one["Customer_ID"])[:120],
            str(one.get("Requestor_ID", "")),
            str(one.get("Institution_Name", one.get("Name", "")))[:300],
            json_pairs(one.get("Institution_ID")),
        )
        for one in _listed(source, "/members")
        if one.get("Customer_ID")
    )
    kept = [{"customer_id": one.customer_id, "name": one.name} for one in members]
    models.SourceNews.objects.update_or_create(source=source, defaults={"members": kept})
    return members


def closed(source: models.UsageSource, why: str) -> Closed:
    """Keep what stops a source, and return what is raised then.

    The worker does not ask it again until somebody changes it or tries by hand.
    """
    said = {"message": why, "at": timezone.now().isoformat(timespec="seconds")}
    models.SourceNews.objects.update_or_create(
        source=source, defaults={"trouble": said, "asked_at": timezone.now()}
    )
    return Closed(why)


def why_of(codes: set[int], status: int) -> str:
    """Return in words why a server refused."""
    said = [f"{code}: {_(WORDS[code])}" for code in sorted(codes) if code in WORDS]
    return "; ".join(said) or _("The server refuses (%(status)s).") % {"status": status}


def _listed(source: models.UsageSource, path: str) -> list[dict[str, Any]]:
    try:
        reply = ask(source, path)
    except SourceProblem as problem:
        raise closed(source, problem.message) from problem
    codes = {one["Code"] for one in exceptions_in(reply.content)}
    if codes & CLOSED or reply.status in {401, 403}:
        raise closed(source, why_of(codes & CLOSED, reply.status))
    said = _parsed(reply)
    if reply.status >= 400 or said is None:
        raise closed(
            source, _("%(path)s is not answered as COUNTER says (%(status)s).")
            % {"path": path, "status": reply.status},
        )  # fmt: skip
    return said


def _parsed(reply: Reply) -> list[dict[str, Any]] | None:
    try:
        said = json.loads(reply.content)
    except (ValueError, RecursionError):
        return None
    return [one for one in said if isinstance(one, dict)] if isinstance(said, list) else None
