"""The tables of a case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from keystead.kit.ui import formats
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.negotiation.queries.picture import Choice, Picture
from keystead.negotiation.queries.words import STATES, TRUST, WHO
from keystead.negotiation.types.cases import Measure
from keystead.negotiation.types.room import (
    Balance,
    Concession,
    Negotiation,
    Objection,
    SentOffer,
    Who,
    Worth,
)


def cases(found: Iterable[Negotiation], names: Mapping[int, str] | None = None) -> Table:
    """Return the cases as a list; with the names of their accounts where several are shown."""
    columns = [Column("name", _("Negotiation"))]
    if names is not None:
        columns.append(Column("account", _("Account")))
    columns += [
        Column("state", _("State"), "tag"),
        Column("issues", _("Issues"), "number", hide="phone"),
        Column("parties", _("Parties"), hide="phone"),
    ]
    rows = [
        Row(
            {
                "name": Cell(one.name, href=reverse("negotiation:case", args=[one.id])),
                "account": (names or {}).get(one.account_id, ""),
                "state": STATES[one.state],
                "issues": len(one.issues),
                "parties": ", ".join(one.parties),
            }
        )
        for one in found
    ]
    return Table(columns, rows, _("Negotiations"), empty=_("No negotiation was begun yet."))


def issues(found: Negotiation, *, private: bool) -> Table:
    """Return issues and options; what they are worth only for who may know it."""
    unit = found.currency
    columns = [Column("option", _("Issue and option"))]
    if private:
        columns += [
            Column("our_money", _("Worth to us"), "money", unit=unit),
            Column("their_money", _("Worth to them"), "money", unit=unit),
            Column("weights", _("Weight, ours and theirs"), hide="phone"),
            Column("trust", _("How sure"), "tag", hide="phone"),
        ]
    rows: list[Row] = []
    for issue in found.issues:
        weights = f"{text(issue.our_weight)} / {text(issue.their_weight)}"
        rows.append(
            Row({"option": issue.name, "weights": weights, "trust": TRUST[issue.trust]}, head=True)
        )
        rows += [
            Row(
                {
                    "option": one.name,
                    "our_money": one.our_money,
                    "their_money": one.their_money,
                },
                level=1,
            )
            for one in issue.options
        ]
    return Table(columns, rows, _("Issues"), sortable=False, empty=_("No issue yet."))


def text(value: Decimal | None, measure: Measure = Measure.MONEY) -> str:
    """Return a number as people read it: money whole, points with three decimals."""
    digits = 3 if measure is Measure.SCORE else None
    return formats.number(value, locale=get_language() or "en", digits=digits)


def value(one: Decimal | None, measure: Measure, currency: str) -> str:
    """Return a value with its unit."""
    if one is None:
        return "–"
    if measure is Measure.MONEY:
        return formats.money(one, currency, locale=get_language() or "en")
    return text(one, measure)


def sides(found: Negotiation, seen: Picture | None) -> Table:
    """Return what both have without a deal, what they need at least, and what the zone offers."""
    columns = [
        Column("what", _("Walk-away")),
        Column("ours", pgettext("negotiation", "We")),
        Column("theirs", _("They, as we think")),
    ]
    rows: list[Row] = []
    for name, pair in (("ours", found.ours), ("theirs", found.theirs)):
        rows += [
            Row(
                {
                    "what": Cell(one.text, sub=f"{text(one.probability_pct)} %"),
                    name: value(one.amount, Measure.MONEY, found.currency),
                }
            )
            for one in pair.without_deal
        ]
    if seen is not None:
        ours, theirs = seen.measures
        unit = found.currency
        rows.append(
            Row(
                {
                    "what": _("No deal is worth"),
                    "ours": value(seen.our_no_deal, Measure.MONEY, unit),
                    "theirs": value(seen.their_no_deal, Measure.MONEY, unit),
                }
            )
        )
        least = {
            "what": _("The least that is taken"),
            "ours": value(seen.our_floor, ours, unit),
            "theirs": value(seen.their_floor, theirs, unit),
        }
        rows.append(Row(least, total=True))
    return Table(columns, rows, _("Walk-away of both sides"), sortable=False,
                 empty=_("Nothing is written about no deal."))  # fmt: skip


def packages(found: Negotiation, seen: Picture, choices: Sequence[tuple[str, Choice]]) -> Table:
    """Return packages side by side: a row an issue, a column a package."""
    columns = [Column("what", _("Issue")), *(Column(f"p{n}", name) for n, (name, _c) in
               enumerate(choices))]  # fmt: skip
    rows = [
        Row(
            {
                "what": issue.name,
                **{f"p{n}": one.package[issue.name] for n, (_name, one) in enumerate(choices)},
            }
        )
        for issue in found.issues
    ]
    ours, theirs = seen.measures
    worth = {f"p{n}": one.worth for n, (_name, one) in enumerate(choices)}
    rows += _worth_rows(worth, ours, theirs, found.currency)
    return Table(columns, rows, _("Packages"), sortable=False)


def _worth_rows(
    worth: Mapping[str, Worth | None], ours: Measure, theirs: Measure, currency: str
) -> list[Row]:
    def line(what: str, pick: str, measure: Measure) -> Row:
        held = {
            key: "–" if one is None else value(getattr(one, pick), measure, currency)
            for key, one in worth.items()
        }
        return Row({"what": what, **held}, total=True)

    return [
        line(_("Worth to us"), "ours", ours),
        line(_("Above our floor"), "above_floor", ours),
        line(_("Worth to them, as we think"), "theirs", theirs),
    ]


def offers(found: Negotiation, sent: Sequence[SentOffer], drafts: Mapping[str, Worth | None],
           *, private: bool) -> Table:  # fmt: skip
    """Return offers side by side, the last sent ones and the drafts."""
    last = sent[-4:]
    columns = [Column("what", _("Issue"))]
    for one in last:
        who = _("ours") if one.side is Who.US else _("theirs")
        sub = f"{who}, {formats.day(one.sent_on, locale=get_language() or 'en')}"
        columns.append(Column(f"s{one.id}", f"{one.number}. {one.name}", unit=sub))
    shown = found.drafts if private else ()
    columns += [Column(f"d{one.key}", one.name, unit=_("draft")) for one in shown]
    names = list(dict.fromkeys([*(i.name for i in found.issues),
                                *(name for one in last for name in one.package)]))  # fmt: skip
    rows = [
        Row(
            {
                "what": name,
                **{f"s{one.id}": one.package.get(name, "–") for one in last},
                **{f"d{one.key}": one.package.get(name, "–") for one in shown},
            }
        )
        for name in names
    ]
    if private:
        worth = {f"s{one.id}": one.worth for one in last} | {
            f"d{key}": one for key, one in drafts.items()
        }
        rows += _worth_rows(worth, found.ours.measure, found.theirs.measure, found.currency)
    return Table(columns, rows if len(columns) > 1 else [], _("Offers side by side"),
                 sortable=False, empty=_("No offer yet."))  # fmt: skip


def concessions(lines: Sequence[Concession], held: Balance, *, private: bool, unit: str) -> Table:
    """Return the ledger as a conversation with prices."""
    columns = [
        Column("on", _("Day"), "date"), Column("who", _("Who gave")), Column("what", _("What")),
        Column("return", _("In return")),
    ]  # fmt: skip
    if private:
        columns += [
            Column("ours", _("To us"), "variance", unit=unit),
            Column("theirs", _("To them"), "variance", unit=unit, hide="phone"),
        ]
    number = {one.id: at for at, one in enumerate(lines, 1)}
    rows = [
        Row(
            {
                "on": one.on,
                "who": WHO[one.side],
                "what": Cell(
                    f"{number[one.id]}. {one.issue}: {one.before} → {one.after}", sub=one.reason
                ),
                "return": _("for %(number)s") % {"number": number[one.answers]}
                if one.answers in number
                else one.got or (_("nothing yet") if one.id in held.unanswered else ""),
                "ours": one.our_money,
                "theirs": one.their_money,
            },
            tone="soon" if one.id in held.unanswered else "",
        )
        for one in lines
    ]
    return Table(columns, rows, _("Concessions"), sortable=False, empty=_("Nobody moved yet."))


def objections(found: Iterable[Objection], negotiation_id: int, *, edits: bool) -> Table:
    """Return objections with answers and proofs."""
    columns = [
        Column("text", _("What they say")), Column("answer", _("Our answer")),
        Column("proof", _("Proof")),
    ]  # fmt: skip
    rows = [
        Row(
            {
                "text": Cell(
                    one.text,
                    href=reverse("negotiation:objection", args=[negotiation_id, one.id])
                    if edits
                    else "",
                ),
                "answer": one.answer,
                "proof": Cell(one.document or _("Figure"), proof=one.proof)
                if one.proof
                else one.document,
            }
        )
        for one in found
    ]
    return Table(columns, rows, _("Objections"), sortable=False, empty=_("No objection yet."))
