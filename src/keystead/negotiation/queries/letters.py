"""The letter to one member: what its fee is and how it came about. No other member is in it."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from keystead.kit.office.paper import Block, Grid, GridColumn, Pairs, Paper
from keystead.kit.ui import formats
from keystead.negotiation.queries.fee_words import BOUNDS, figure_word, method_word
from keystead.negotiation.types.fees import FeeLine
from keystead.negotiation.types.plans import FeePlan, PlanMember

TEMPLATE: Final = Path(__file__).parent.parent / "templates" / "negotiation" / "letter.docx"
# What a template may name, and what stands there.
WORDS: Final[dict[str, Promise]] = {
    "title": gettext_lazy("What the letter is about"),
    "member": gettext_lazy("The member's name"),
    "code": gettext_lazy("The member's code"),
    "consortium": gettext_lazy("The consortium"),
    "split": gettext_lazy("Name of the split"),
    "period": gettext_lazy("From the first day to the last"),
    "date": gettext_lazy("The day of the letter"),
    "greeting": gettext_lazy("The greeting"),
    "opening": gettext_lazy("What the member pays, in one sentence"),
    "method": gettext_lazy("How the fee is shared"),
    "fee": gettext_lazy("The member's fee"),
    "share": gettext_lazy("Its share of the fee in all"),
    "last_year": gettext_lazy("Its fee last year"),
    "change": gettext_lazy("The change against last year"),
    "held": gettext_lazy("What held the fee, if something did"),
    "closing": gettext_lazy("The closing words"),
    "sender": gettext_lazy("Who signs"),
}
BLOCKS: Final[dict[str, Promise]] = {
    "fee_table": gettext_lazy("The fee as a table"),
    "figures": gettext_lazy("The member's own figures"),
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class LetterOf:
    """What all letters of a split share: whose, how, when, by whom."""

    plan: FeePlan
    consortium: str
    on: date
    sender: str = ""


@cache
def shipped_letter() -> bytes:
    """Return the template that comes with the room."""
    return TEMPLATE.read_bytes()


def letter_words(about: LetterOf, member: PlanMember, line: FeeLine) -> dict[str, str]:
    """Return the words of a letter by placeholder, in the language that is active."""
    plan, language = about.plan, _language()
    fee = _money(line.fee, plan.currency)
    period = _("%(first)s to %(last)s") % {
        "first": formats.day(plan.period.start, locale=language),
        "last": formats.day(plan.period.last, locale=language),
    }  # fmt: skip
    told = {"member": member.name, "fee": fee, "period": period, "consortium": about.consortium}
    change = ""
    if line.change is not None:
        sign = "+" if line.change > 0 else "−" if line.change < 0 else ""
        change = f"{sign}{_money(abs(line.change), plan.currency)}"
        if line.change_pct is not None:
            pct = formats.percent(abs(line.change_pct) / 100, locale=language)
            change = f"{change} ({sign}{pct})"
    return {
        "title": _("Your fee in %(consortium)s") % told,
        "member": member.name,
        "code": member.code,
        "consortium": about.consortium,
        "split": plan.name,
        "period": period,
        "date": formats.day(about.on, locale=language),
        "greeting": pgettext("letter", "Dear Sir or Madam,"),
        "opening": _("For the period from %(period)s, %(member)s pays a fee of %(fee)s.") % told,
        "method": _("How the fee is shared: %(method)s.") % {"method": method_word(plan)},
        "fee": fee,
        "share": formats.percent(line.share_pct / 100, locale=language, digits=2),
        "last_year": "" if line.previous is None else _money(line.previous, plan.currency),
        "change": change,
        "held": str(BOUNDS[line.bound]) if line.bound else "",
        "closing": pgettext("letter", "Yours faithfully"),
        "sender": about.sender,
    }


def letter_blocks(
    about: LetterOf, member: PlanMember, words: dict[str, str]
) -> dict[str, tuple[Block, ...]]:
    """Return the tables of a letter by placeholder."""
    rows = [(_("Fee"), words["fee"]), (_("Share of the fee in all"), words["share"])]
    if words["last_year"]:
        rows += [(_("Last year"), words["last_year"]), (_("Change"), words["change"])]
    if words["held"]:
        rows.append((_("Held by"), words["held"]))
    columns = (GridColumn(about.plan.name, share=1.6), GridColumn(words["period"], numeric=True))
    known = tuple(
        (figure_word(name), formats.number(value, locale=_language()))
        for name, value in sorted(member.figures.items())
        if name in _used(about.plan)
    )
    return {
        "fee_table": (Grid(columns, tuple(rows)),),
        "figures": (Pairs(known),) if known else (),
    }


def letter_paper(words: dict[str, str], on: date) -> Paper:
    """Return what a template does not say of itself: title, language, day."""
    return Paper(title=words["title"], blocks=(), language=_language(), made_on=on)


def _used(plan: FeePlan) -> frozenset[str]:
    """The figures that the method goes by: only those are explained."""
    method = plan.rules.method
    named = {method.get(name) for name in ("measure", "bid", "claim", "alone")}
    named |= set(method.get("parts", {})) | {method.get("rest", {}).get("measure")}
    return frozenset(str(name) for name in named if name)


def _language() -> str:
    return get_language() or "en"


def _money(value: Decimal, currency: str) -> str:
    return formats.money(value, currency, locale=_language(), full=True)
