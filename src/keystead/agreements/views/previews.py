"""What stands beside the form of a condition while it is written: pay, cliffs, what is wrong."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from keystead.agreements.forms import ConditionForm, baseline_of
from keystead.agreements.queries.findings import ruled
from keystead.agreements.queries.looking import drafted
from keystead.agreements.queries.preview import Preview, preview
from keystead.agreements.queries.sentences import condition_parts, measure_text, tiers_text
from keystead.agreements.queries.spelled import told_to
from keystead.agreements.rules.examples import run_example
from keystead.agreements.services.costs import cost_findings
from keystead.agreements.types import Agreement, AgreementVersion, Condition
from keystead.governance.types.compliance import Level
from keystead.kernel.errors import Invalid
from keystead.kit.access import Actor
from keystead.kit.ui import formats
from keystead.kit.ui.tables import Column, Row, Table


def preview_of(
    actor: Actor, found: Agreement, draft: AgreementVersion, form: ConditionForm, today: date
) -> dict[str, Any]:
    """Return what the panel shows: first what is missing, then what it pays."""
    if not form.is_valid():
        return {"missing": list(_missing(form))}
    condition = form.condition()
    version, currency = _with(draft, form, condition), draft.currency
    findings = [*drafted(version, condition.key, today)]
    findings += [
        one for one in cost_findings(version, found.account_id) if one.condition == condition.key
    ]
    shown = preview(actor, found.account_id, version, condition, today)
    with told_to(actor):
        told = condition_parts(condition, currency, version.conditions)
    return {
        "shown": shown,
        "condition": condition,
        "told": told,
        "table": _lines(shown, condition),
        "years": _years(shown),
        "ahead": _ahead(shown, condition, currency),
        "paid": _money(shown.paid, currency),
        "base": _money(shown.base, currency),
        "cliffs": [
            (measure_text(bound, condition, currency), _money(jump, currency))
            for bound, jump in shown.cliffs
        ],
        "stops": [ruled(one, version) for one in findings if one.level is Level.BLOCK],
        "looks": [ruled(one, version) for one in findings if one.level is not Level.BLOCK],
        "examples": list(_examples(version, condition)),
        "tiers": tiers_text(condition, currency),
    }


def _with(draft: AgreementVersion, form: ConditionForm, condition: Condition) -> AgreementVersion:
    key = form.stored.key if form.stored else ""
    if key:
        kept = tuple(condition if one.key == key else one for one in draft.conditions)
    else:
        kept = (*draft.conditions, condition)
    typed = baseline_of(form.cleaned_data, condition, draft.currency)
    bases = tuple(one for one in draft.baselines if one.key != condition.baseline)
    bases = (*bases, typed) if typed is not None else bases
    return dataclasses.replace(draft, conditions=kept, baselines=bases)


def _missing(form: ConditionForm) -> Iterator[str]:
    for name, errors in form.errors.items():
        field = form.fields.get(name)
        label = str(field.label) if field is not None and field.label else ""
        yield f"{label}: {errors[0]}" if label else str(errors[0])


def _lines(shown: Preview, condition: Condition) -> Table | None:
    if len(shown.lines) < 2:
        return None
    rows = [
        Row(
            {
                "period": formats.period(line.period.start, line.period.end, locale=_locale()),
                "measure": ""
                if line.tier_measure is None
                else measure_text(line.tier_measure, condition, shown.currency),
                "rate": line.rate,
                "amount": line.amount.amount,
            }
        )
        for line in shown.lines
    ]
    columns = [
        Column("period", _("Period")),
        Column("measure", _("Measured")),
        Column("rate", pgettext("tier", "Rate"), "number"),
        Column("amount", _("Pays"), "money", currency=shown.currency),
    ]
    return Table(columns, rows, _("By period"), sortable=False)


def _years(shown: Preview) -> Table | None:
    if len(shown.years) < 2:
        return None
    rows = [
        Row({"year": formats.period(y.start, y.end, locale=_locale()), "amount": paid})
        for y, paid in shown.years
    ]
    columns = [
        Column("year", _("Year of the agreement")),
        Column("amount", _("Pays"), "money", currency=shown.currency),
    ]
    return Table(columns, rows, _("At the same sales in each year"), sortable=False)


def _ahead(shown: Preview, condition: Condition, currency: str) -> dict[str, Any] | None:
    if shown.ahead is None:
        return None
    return {
        "bound": measure_text(shown.ahead.bound, condition, currency),
        "gap": measure_text(shown.ahead.gap, condition, currency),
        "gain": _money(shown.ahead.gain, currency),
    }


def _examples(version: AgreementVersion, condition: Condition) -> Iterator[tuple[int, str, bool]]:
    """Yield the place of each example, what it pays, and whether that is what was expected."""
    for place, one in enumerate(condition.examples, 1):
        try:
            paid = run_example(version, condition, one)
        except Invalid:
            yield place, "", False
        else:
            yield place, _money(paid, version.currency), paid == one.expected


def _money(value: Decimal | None, currency: str) -> str:
    return formats.money(value, currency, locale=_locale(), full=True)


def _locale() -> str:
    return get_language() or "en"
