"""Claims: the list with its ages, the panel of an account, the tab of an agreement."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for, accounts_for, may_write
from keystead.agreements import queries
from keystead.agreements.calc.claims import age_band, age_days, ageing
from keystead.agreements.queries import claim_sheets as sheets
from keystead.agreements.queries.claim_flags import flags_of
from keystead.agreements.queries.claim_words import (
    CLAIM_BANDS,
    CLAIM_FLAGS,
    CLAIM_KINDS,
    CLAIM_REASONS,
    CLAIM_STATES,
    CLAIM_TONES,
    FLAG_TAGS,
)
from keystead.agreements.queries.claims import (
    BANDS,
    claims_for,
    claims_of_account,
    claims_of_agreement,
)
from keystead.agreements.types import Claim, ClaimFlag
from keystead.agreements.views.tabs import tab_page
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.sheets import EXCEL, download
from keystead.kit.ui.tables import Cell, Column, Row, Table

PAGE = 50
OPEN = "open"


@policy("agreements.view")
def claims(request: HttpRequest) -> HttpResponse:
    """List claims: state, kind, age, words; what is open by age on top."""
    actor, today = actor_of(request), timezone.localdate()
    asked = {name: request.GET.get(name, "") for name in ("state", "kind", "band", "q")}
    found = _found(actor, asked)
    page = Paginator(found, PAGE).get_page(request.GET.get("page", "1"))
    names = {one.id: one.name for one in accounts_for(actor)}
    context = {
        "table": claim_table(page.object_list, names),
        "page": page,
        "total": len(found),
        "words": asked["q"],
        "selects": [
            ("state", _("State"), _choices({OPEN: _("still open"), **CLAIM_STATES}),
             asked["state"]),
            ("kind", _("Kind"), _choices(CLAIM_KINDS), asked["kind"]),
            ("band", _("Age"), _choices(CLAIM_BANDS), asked["band"]),
        ],
        "ages": age_table(claims_for(actor, today=today, state=OPEN)),
        "may_edit": actor.can("claims.edit"),
        "may_export": actor.can("export.data"),
        "query": request.GET.urlencode(),
    }  # fmt: skip
    rows_only = request.headers.get("HX-Target") == "claims"
    name = "agreements/panels/rows_claims.html" if rows_only else "agreements/claims.html"
    return render(request, name, context)


@policy("agreements.view", "export.data")
def export_claims(request: HttpRequest) -> HttpResponse:
    """Send the claims that were asked for as a workbook."""
    actor, today = actor_of(request), timezone.localdate()
    asked = {name: request.GET.get(name, "") for name in ("state", "kind", "band", "q")}
    content = sheets.claims_workbook(actor, _found(actor, asked), today)
    return download(content, f"keystead-claims-{today:%Y-%m-%d}.xlsx", EXCEL)


@policy("agreements.view")
def claims_panel(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show the claims of an account."""
    actor = actor_of(request)
    account = account_for(actor, account_id)
    found = claims_of_account(actor, account.id)
    waiting = [one for one in found if one.is_open]
    context = {
        "account": account,
        "table": claim_table(found, {}),
        "ages": age_table(waiting) if waiting else None,
        "waiting": len(waiting),
        "may_edit": may_claim(actor, account.id),
    }
    return render(request, "agreements/panels/claims.html", context)


@policy("agreements.view")
def claims_tab(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Show the claims that are set against an agreement, or name it."""
    actor = actor_of(request)
    found = queries.agreement_for(actor, agreement_id)
    claimed = claims_of_agreement(actor, found.id)
    names = {one.id: one.name for one in accounts_for(actor)}
    more = {
        "table": claim_table(claimed, names),
        "waiting": sum(one.is_open for one in claimed),
        "may_claim": may_claim(actor, found.account_id),
    }
    return tab_page(request, found, "claims", "agreements/tab_claims.html", more)


def may_claim(actor: Actor, account_id: int) -> bool:
    """Return whether the actor may write claims on an account."""
    if not actor.can("claims.edit"):
        return False
    return any(may_write(actor, account_id, name="terms", right=right) for right in "wa")


def claim_table(found: Iterable[Claim], names: dict[int, str]) -> Table:
    """Return claims as a table; with names where they are of several customers."""
    found, today = tuple(found), timezone.localdate()
    flags = flags_of(found)
    rows = [
        Row(
            {
                "number": Cell(
                    one.external_number,
                    href=reverse("agreements:claim", args=[one.id]),
                    sub=f"{CLAIM_KINDS[one.kind.value]}, {CLAIM_REASONS[one.reason.value]}",
                    phone=" · ".join(filter(None, [names.get(one.account_id), _state(one)])),
                ),
                "account": names.get(one.account_id, ""),
                "on": one.on,
                "due": one.due_on,
                "age": _age(one, today),
                "flags": _flags(flags.get(one.id, ())),
                "amount": one.amount.amount,
                "granted": one.granted.amount if one.granted is not None else None,
                "currency": one.amount.currency,
                "state": Cell(_state(one), tone=CLAIM_TONES.get(one.state.value, "")),
            },
            tone="" if one.is_open else "past",
        )
        for one in found
    ]  # fmt: skip
    columns = [
        Column("number", _("Claim")),
        *([Column("account", _("Customer"), hide="phone")] if names else []),
        Column("on", _("Made on"), "date", hide="phone"),
        Column("due", _("Due"), "date", hide="phone"),
        Column("age", _("Age"), "number", unit=_("days"), hide="phone"),
        *([Column("flags", _("Look at"), "tag")] if flags else []),
        Column("amount", _("Claimed"), "number", digits=2),
        Column("granted", _("Granted"), "number", digits=2, hide="phone"),
        Column("currency", _("Currency"), "code", hide="phone"),
        Column("state", _("State"), "tag", hide="phone"),
    ]
    return Table(columns, rows, _("Claims"), empty=_("There is no claim here."))


def _state(one: Claim) -> str:
    waits = one.proposed is not None
    return _("waits for approval") if waits else str(CLAIM_STATES[one.state.value])


def _age(one: Claim, today: date) -> Cell | None:
    if not one.is_open:
        return None
    days = age_days(one, today)
    return Cell(days, sub=str(CLAIM_BANDS[age_band(days)]))


def _flags(found: tuple[ClaimFlag, ...]) -> Cell | str:
    if not found:
        return ""
    told = " · ".join(str(CLAIM_FLAGS[one.value]) for one in found)
    return Cell(", ".join(str(FLAG_TAGS[one.value]) for one in found), tone="bad", title=told)


def age_table(found: Iterable[Claim]) -> Table:
    """Return what is open by age, in a column for each currency, and how many there are."""
    claims_found, today = tuple(found), timezone.localdate()
    currencies = sorted({one.amount.currency for one in claims_found})
    same = {code: [one for one in claims_found if one.amount.currency == code]
            for code in currencies}  # fmt: skip
    sums = {code: ageing(claims_found, today, code) for code in currencies}
    rows = []
    for band in BANDS if currencies else ():
        cells: dict[str, Any] = {"band": str(CLAIM_BANDS[band])}
        for code in currencies:
            count = sum(age_band(age_days(one, today)) == band for one in same[code])
            cells[code] = _aged(band, sums[code].get(band), count)
        rows.append(Row(cells))
    if rows:
        whole: dict[str, Any] = {"band": _("Open")}
        for code in currencies:
            total = sum(one.amount.amount for one in same[code])
            whole[code] = Cell(total, sub=str(len(same[code])))
        rows.append(Row(whole, total=True))
    columns = [
        Column("band", _("Age"), sortable=False),
        *(Column(code, code, "number", digits=2, sortable=False) for code in currencies),
    ]
    empty = _("No claim is open.")
    return Table(columns, rows, _("Open claims by age"), empty=empty, sortable=False)


def _aged(band: str, amount: Any, count: int) -> Cell | str:
    if not count:
        return ""
    href = f"{reverse('agreements:claims')}?state={OPEN}&band={band.replace('+', '%2B')}"
    return Cell(amount.amount, href=href, sub=str(count), tone="bad" if band == "91+" else "")


def _found(actor: Actor, asked: dict[str, str]) -> tuple[Claim, ...]:
    state, kind, band = asked["state"], asked["kind"], asked["band"]
    return claims_for(
        actor,
        today=timezone.localdate(),
        state=state if state in {OPEN, *CLAIM_STATES} else "",
        kind=kind if kind in CLAIM_KINDS else "",
        band=band if band in BANDS else "",
        search=asked["q"],
    )


def _choices(named: dict[str, Any]) -> list[tuple[str, str]]:
    return [(key, str(word)) for key, word in named.items()]
