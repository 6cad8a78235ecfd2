"""Tables and trees of the profile panel."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts import queries
from keystead.accounts.queries import label_of
from keystead.accounts.types import (
    Account,
    Identifier,
    Measure,
    Membership,
    MembershipRole,
    Span,
    TeamMember,
)
from keystead.kit.access import Actor
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.kit.ui.tags.lists import Node
from keystead.kit.ui.tags.numbers import day, money_full, number
from keystead.reference.queries import countries

TREE_CHILDREN = 60


def facts(account: Account) -> list[tuple[str, str]]:
    """Return the plain fields of an account as label and word."""
    pairs = [
        (_("Code"), account.code),
        (_("Kind"), label_of(account.kind)),
        (_("Status"), label_of(account.status)),
        (_("Segment"), account.segment),
        (_("Territory"), account.territory),
        (_("Channel"), account.channel),
        (_("Country"), country_name(account.country)),
        (_("Currency"), account.currency),
    ]
    return [(label, word) for label, word in pairs if word]


def country_name(code: str) -> str:
    """Return the name of a country in the reader's language."""
    return next((item.name for item in countries() if item.code == code), code)


def measures(rows: Iterable[Measure], account: Account, *, edit: bool) -> Table:
    """Return the measures, newest first in each kind."""
    columns = [
        Column("kind", _("Measure")),
        Column("value", _("Size"), "text"),
        Column("as_of", _("As of"), "date"),
        Column("source", _("Source"), hide="phone"),
        Column("confidence", _("Confidence"), hide="phone"),
    ]
    seen: set[tuple[str, str]] = set()
    shown = []
    for row in rows:
        older = (row.kind, row.currency) in seen
        seen.add((row.kind, row.currency))
        href = reverse("accounts:edit_measure", args=[account.id, row.id]) if edit else ""
        size = money_full(row.value, row.currency) if row.currency else number(row.value)
        shown.append(
            Row(
                {
                    "kind": Cell(label_of(row.kind), href=href, sub=row.note),
                    "value": f"{size} {row.unit}".strip(),
                    "as_of": row.as_of,
                    "source": row.source,
                    "confidence": label_of(row.confidence),
                },
                tone="past" if older else "",
            )
        )
    return Table(columns, shown, caption=_("Measures"), sortable=False, empty=_("No measure yet."))


def identifiers(rows: Iterable[Identifier], account: Account, *, edit: bool) -> Table:
    """Return the identifiers with their dates."""
    columns = [
        Column("scheme", _("Scheme")),
        Column("value", _("Identifier"), "code"),
        Column("source", _("Source"), hide="phone"),
        Column("dates", _("Holds"), hide="phone"),
    ]
    shown = [
        Row(
            {
                "scheme": Cell(
                    label_of(row.scheme),
                    href=reverse("accounts:edit_identifier", args=[account.id, row.id])
                    if edit
                    else "",
                ),
                "value": row.value,
                "source": row.source,
                "dates": dates(row.span),
            },
            tone=_past(row.span),
        )
        for row in rows
    ]
    return Table(
        columns, shown, caption=_("Identifiers"), sortable=False, empty=_("No identifier yet.")
    )


def team(rows: Iterable[TeamMember], account: Account, *, edit: bool) -> Table:
    """Return the team, those of today first, then who was there before."""
    columns = [
        Column("name", _("Who")),
        Column("role", _("Role")),
        Column("dates", _("Dates")),
    ]
    today = timezone.localdate()
    ordered = sorted(rows, key=lambda row: not row.span.covers(today))
    shown = [
        Row(
            {
                "name": Cell(
                    row.name,
                    href=reverse("accounts:end_team", args=[account.id, row.id]) if edit else "",
                ),
                "role": label_of(row.role),
                "dates": dates(row.span),
            },
            tone=_past(row.span),
        )
        for row in ordered
    ]
    return Table(
        columns, shown, caption=_("Team"), sortable=False, empty=_("Nobody looks after it.")
    )


def groups(rows: Iterable[Membership], account: Account, *, edit: bool) -> Table:
    """Return what the account belongs to, ever."""
    columns = [
        Column("group", _("Belongs to")),
        Column("role", _("As")),
        Column("dates", _("Dates")),
    ]
    shown = [
        Row(
            {
                "group": Cell(
                    row.group_name, href=f"/accounts/{row.group_id}/", sub=row.group_code
                ),
                "role": Cell(
                    label_of(row.role),
                    href=reverse("accounts:end_membership", args=[account.id, row.id])
                    if edit
                    else "",
                ),
                "dates": dates(row.span),
            },
            tone=_past(row.span),
        )
        for row in rows
    ]
    return Table(columns, shown, caption=_("Memberships"), sortable=False)


def members(rows: Iterable[Membership]) -> Table:
    """Return who belongs to the account in other roles than the tree's."""
    columns = [Column("member", _("Member")), Column("role", _("As")), Column("dates", _("Dates"))]
    shown = [
        Row(
            {
                "member": Cell(
                    row.member_name, href=f"/accounts/{row.member_id}/", sub=row.member_code
                ),
                "role": label_of(row.role),
                "dates": dates(row.span),
            },
            tone=_past(row.span),
        )
        for row in rows
        if row.role is not MembershipRole.PARENT
    ]
    return Table(columns, shown, caption=_("Members"), sortable=False)


def tree(actor: Actor, account: Account) -> list[Node]:
    """Return the visible accounts above and below, the account itself marked."""
    today = timezone.localdate()
    below = queries.members_of(actor, account, role=MembershipRole.PARENT, on=today)
    children = [
        Node(row.member_name, f"/accounts/{row.member_id}/", row.member_code)
        for row in below[:TREE_CHILDREN]
    ]
    if len(below) > TREE_CHILDREN:
        more = _("and %(count)s more") % {"count": len(below) - TREE_CHILDREN}
        children.append(Node(more, "/accounts/"))
    node = Node(account.name, "", account.code, current=True, children=children)
    for parent in queries.ancestors(actor, account, today):
        node = Node(parent.name, f"/accounts/{parent.id}/", parent.code, children=[node])
    return [node] if node.children else []


def dates(span: Span) -> str:
    """Return a span as people say it: since, until, from to; empty when it always holds."""
    first, last = span.valid_from, span.last_day
    if first and last:
        return _("%(first)s to %(last)s") % {"first": day(first), "last": day(last)}
    if first:
        return _("since %(first)s") % {"first": day(first)}
    return _("until %(last)s") % {"last": day(last)} if last else ""


def _past(span: Span) -> str:
    today: date = timezone.localdate()
    return "past" if span.valid_to is not None and span.valid_to <= today else ""
