"""The navigation: what this person may open, in the order of the day's work."""

from __future__ import annotations

import dataclasses
from typing import Any, Final

from django.http import HttpRequest
from django.utils.translation import gettext

from keystead.health.queries import words as health_words
from keystead.kit.access import Actor, actor_of


@dataclasses.dataclass(frozen=True)
class Place:
    """One line of the navigation; ``key`` follows ``g`` on the keyboard."""

    label: str
    url: str
    key: str = ""
    current: bool = False
    count: int = 0


@dataclasses.dataclass(frozen=True)
class Group:
    """Places under one heading."""

    label: str
    items: tuple[Place, ...]


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Return ``ui_nav`` for the shell; nothing for those who have not signed in."""
    if not hasattr(request, "user") or not request.user.is_authenticated:
        return {}
    return {"ui_nav": groups_for(actor_of(request), request.path)}


def groups_for(actor: Actor, path: str) -> list[Group]:
    """Return the groups with the places the actor may open, the current one marked."""
    work = [
        (gettext("Home"), "/", "h", "profile.self"),
        (gettext("Accounts"), "/accounts/", "a", "accounts.view"),
        (gettext("People"), "/people/", "e", "stakeholders.view"),
        (gettext("Plans"), "/plans/", "l", "planning.view"),
        (gettext("Products"), "/products/", "p", "accounts.view"),
        (gettext("Agreements"), "/agreements/", "t", "agreements.view"),
        (gettext("Renewals"), "/renewals/", "r", "pipeline.view"),
        (gettext("Opportunities"), "/opportunities/", "o", "pipeline.view"),
        (str(health_words.PLACE), "/account-health/", "w", "health.view"),
        (gettext("Claims"), "/claims/", "", "agreements.view"),
        (gettext("Expenses"), "/campaigns/", "x", "campaigns.view"),
        (gettext("Forecast"), "/forecasts/", "f", "forecasting.view"),
        (gettext("Negotiations"), "/negotiations/", "n", "negotiation.view"),
        (gettext("Scorecards"), "/scorecards/", "s", "scorecards.view"),
        (gettext("Reviews"), "/reviews/", "", "reviews.view"),
    ]
    figures = [
        (gettext("Import desk"), "/imports/", "i", "ledger.view"),
        (gettext("Usage reports"), "/usage/", "", "ledger.view"),
        (gettext("Metrics"), "/metrics/", "m", "metrics.view"),
        (gettext("My reports"), "/my-reports/", "", "scorecards.view"),
    ]
    team = [
        (gettext("Approvals"), "/approvals/", "v", "approvals.view"),
        (gettext("Compliance"), "/compliance/", "c", "compliance.view"),
        (gettext("Acknowledgements"), "/acknowledgements/", "", "profile.self"),
        (gettext("Audit trail"), "/governance/trail/", "", "audit.view"),
        (gettext("Periods"), "/periods/", "", "approvals.view"),
        (gettext("Territories"), "/territories/", "", "shares.view"),
        (gettext("Broken glass"), "/compliance/glass/", "", "access.review"),
        (gettext("Break the glass"), "/break-glass/", "", "access.break_glass"),
        (gettext("Data about people"), "/governance/personal-data/", "", "access.review"),
        (gettext("People"), "/users/", "u", "users.manage"),
    ]
    wanted = (("", work), (gettext("Data"), figures), (gettext("Team"), team))
    groups = []
    for label, entries in wanted:
        items = tuple(
            Place(name, url, key, _here(path, url))
            for name, url, key, capability in entries
            if actor.can(capability)
        )
        if items:
            groups.append(Group(label, items))
    return groups


# Pages that belong to a place and have paths of their own.
BELOW: Final = {
    "/agreements/": ("/settlements/", "/offers/"),
    "/account-health/": ("/surveys/", "/follow-ups/"),
    "/accounts/": ("/handovers/", "/outbound/"),
    "/negotiations/": ("/fees/",),
    "/metrics/": ("/proof/",),
}


def _here(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith((url, *BELOW.get(url, ())))
