"""How an amount came about, step by step, in the reader's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from keystead.agreements.queries import words
from keystead.agreements.queries.spelled import products_text
from keystead.agreements.types import Condition, EntitlementLine, RateKind, TraceKind, TraceStep
from keystead.kit.ui import formats

ENTRIES: Final = {
    "accrue": pgettext_lazy("accrual", "accrued"),
    "true_up": pgettext_lazy("accrual", "caught up"),
    "release": pgettext_lazy("accrual", "released"),
    "settle": pgettext_lazy("accrual", "settled"),
    "write_off": pgettext_lazy("accrual", "written off"),
    "reverse": pgettext_lazy("accrual", "reversed"),
}
RATED_BY: Final = {
    "forecast": gettext_lazy("at the forecast"),
    "run_rate": gettext_lazy("at run rate"),
    "straight_line": gettext_lazy("evenly over the days"),
    "actual": gettext_lazy("as it is"),
}
SETTLING: Final = {
    "open": pgettext_lazy("settlement", "open"),
    "calculated": pgettext_lazy("settlement", "calculated"),
    "partner_agreed": pgettext_lazy("settlement", "agreed by the customer"),
    "approved": pgettext_lazy("settlement", "approved"),
    "credit_note_issued": pgettext_lazy("settlement", "credit note issued"),
    "paid": pgettext_lazy("settlement", "paid"),
    "disputed": pgettext_lazy("settlement", "disputed"),
    "resolved": pgettext_lazy("settlement", "resolved"),
    "written_off": pgettext_lazy("settlement", "written off"),
}
SETTLING_TONES: Final = {
    "approved": "good",
    "credit_note_issued": "good",
    "paid": "good",
    "disputed": "hot",
    "partner_agreed": "warn",
    "calculated": "warn",
}
RESULTS: Final = {
    "met": gettext_lazy("met"),
    "not_met": gettext_lazy("not met"),
    "unknown": gettext_lazy("not known"),
}
GAPS: Final = {
    "no_report": gettext_lazy("no stock was reported within the agreed days before the cut"),
    "off_take_missing": gettext_lazy("no off-take was reported, and the terms need it"),
    "units": gettext_lazy("stock, sales and off-take are in several units"),
    "channels": gettext_lazy("the scope names channels, which stock reports do not tell"),
}
SHARES: Final = ("growth_pct", "share_pct")
MONEY: Final = ("net_value", "gross_value", "growth_value")


def trace_parts(line: EntitlementLine, currency: str) -> tuple[tuple[str, str], ...]:
    """Return the steps of a line: what it is, and the sentence; each number with its unit."""
    found = []
    for one in line.trace:
        label, tell = _STEPS[one.kind]
        told = tell(dict(one.values), currency)
        if told:
            found.append((str(label), told))
    return tuple(found)


def rate_text(condition: Condition | None, line: EntitlementLine, currency: str) -> str:
    """Return the rate of a line with its unit; nothing where several tiers paid."""
    if line.rate is None or condition is None:
        return ""
    if condition.rate_kind is RateKind.PERCENT:
        return f"{_plain(str(line.rate))} %"
    if condition.rate_kind is RateKind.FREE_GOODS:
        return _plain(str(line.rate))
    return _money(str(line.rate), currency)


def _lines(given: Mapping[str, str], currency: str) -> str:
    count = int(given.get("lines", "0"))
    told = {"count": count, "value": _money(given["value"], currency)}
    told["units"] = _plain(given["quantity"])
    return (
        ngettext(
            "%(count)d line, %(value)s, %(units)s units",
            "%(count)d lines, %(value)s, %(units)s units",
            count,
        )
        % told
    )


def _agreed(given: Mapping[str, str], currency: str) -> str:
    return _(
        "it differs from our books by %(value)s and %(units)s units; the sales above hold it"
    ) % {
        "value": _money(given["value"], currency),
        "units": _plain(given["quantity"]),
    }


def _measure(given: Mapping[str, str], currency: str) -> str:
    name, value = given.get("measure", ""), given.get("value")
    said = str(words.MEASURES.get(name, name))
    if value is None:
        return _("%(measure)s: it cannot be measured") % {"measure": said}
    if name == "none":
        return said
    if name in MONEY:
        told = _money(value, currency)
    else:
        told = f"{_plain(value)} %" if name in SHARES else _plain(value)
    return f"{said}: {told}" + (f" / {given['of']}" if "of" in given else "")


def _baseline(given: Mapping[str, str], currency: str) -> str:
    if "missing" in given:
        return _("there is none: no growth can be counted")
    return _("%(base)s, against %(actual)s now") % {
        "base": _plain(given["value"]),
        "actual": _plain(given["actual"]),
    }


def _target(given: Mapping[str, str], currency: str) -> str:
    actual = _plain(given["actual"]) if "actual" in given else _("not known")
    return f"{given['key']}: {actual} / {_plain(given['target'])}"


def _tier(given: Mapping[str, str], currency: str) -> str:
    if "place" not in given:
        return _("none is reached")
    told = {"number": int(given["place"]) + 1, "rate": _plain(given.get("rate", "0"))}
    if "on" in given:
        told["part"] = _plain(given["on"])
        return _("number %(number)s: rate %(rate)s on %(part)s") % told
    if "lower" in given:
        told["lower"] = _plain(given["lower"])
        return _("number %(number)s, from %(lower)s: rate %(rate)s") % told
    return _("number %(number)s: rate %(rate)s") % told


def _gate(given: Mapping[str, str], currency: str) -> str:
    name = str(words.GATES.get(given["name"], given["name"]))
    said = f"{name}: {RESULTS.get(given['result'], given['result'])}"
    return said + (f" ({_('taken as met')})" if "assumed" in given else "")


def _stack(given: Mapping[str, str], currency: str) -> str:
    paid = given.get("paid") in ("True", "true", "1")
    said = _("it pays") if paid else _("another one pays")
    return f"{given['group']}, {words.MODES.get(given['mode'], given['mode'])}: {said}"


def _rounding(given: Mapping[str, str], currency: str) -> str:
    return f"{_plain(given['exact'])} → {_money(given['amount'], currency)}"


def _amount(name: str) -> Callable[[Mapping[str, str], str], str]:
    return lambda given, currency: _money(given[name], currency)


def _price_cut(given: Mapping[str, str], currency: str) -> str:
    told = {
        "product": products_text((int(given["product"]),)),
        "old": _exactly(given["old"], currency),
        "new": _exactly(given["new"], currency),
        "day": _day(given["on"]),
    }
    if "agreed" in given:
        return _("%(product)s: %(old)s → %(new)s from %(day)s, agreed price") % told
    return _("%(product)s: %(old)s → %(new)s from %(day)s, price list") % told


def _stock(given: Mapping[str, str], currency: str) -> str:
    first, last = _day(given["first"]), _day(given["last"])
    parts = [
        _("%(units)s units reported %(day)s")
        % {
            "units": _plain(given["on_hand"]),
            "day": last if first == last else f"{first} – {last}",
        },
    ]
    for name, text in (
        ("in_transit", _("%(units)s on the way")),
        ("invoiced", _("%(units)s invoiced since")),
        ("sold", _("%(units)s sold on since")),
    ):
        if name in given:
            parts.append(text % {"units": _plain(given[name])})
    count = int(given["rows"])
    parts.append(
        ngettext("%(count)d row of the stock file", "%(count)d rows of the stock file", count)
        % {"count": count}
    )
    return "; ".join(parts)


def _covered(given: Mapping[str, str], currency: str) -> str:
    parts = [
        _("%(units)s units, %(amount)s")
        % {"units": _plain(given["covered"]), "amount": _money(given["credit"], currency)}
    ]
    if "pace" in given:
        parts.append(_("at most %(units)s by the off-take") % {"units": _plain(given["pace"])})
    if "bought" in given:
        parts.append(_("at most %(units)s that were bought") % {"units": _plain(given["bought"])})
    if "left_out" in given:
        count = int(given["left_out"])
        parts.append(
            ngettext(
                "%(count)d customer reported too long before and is left out",
                "%(count)d customers reported too long before and are left out",
                count,
            )
            % {"count": count}
        )
    return "; ".join(parts)


def _not_known(given: Mapping[str, str], currency: str) -> str:
    product = products_text((int(given["product"]),))
    return f"{product}: {GAPS[given['gap']]}"


_STEPS: Final[Mapping[TraceKind, tuple[object, Callable[[Mapping[str, str], str], str]]]] = {
    TraceKind.LINES: (gettext_lazy("Sales that count"), _lines),
    TraceKind.AGREED: (gettext_lazy("Agreed with the customer"), _agreed),
    TraceKind.TIER_MEASURE: (gettext_lazy("Measured for the tier"), _measure),
    TraceKind.BASELINE: (gettext_lazy("Baseline"), _baseline),
    TraceKind.TARGET: (gettext_lazy("Target"), _target),
    TraceKind.TIER: (gettext_lazy("Tier"), _tier),
    TraceKind.BENEFIT_MEASURE: (gettext_lazy("Paid on"), _measure),
    TraceKind.REDUCTION: (gettext_lazy("Less other conditions"), _amount("amount")),
    TraceKind.RAW: (gettext_lazy("Amount before limits"), _amount("amount")),
    TraceKind.GATE: (gettext_lazy("Gate"), _gate),
    TraceKind.CAP: (gettext_lazy("Cut by the cap"), _amount("cut")),
    TraceKind.FLOOR: (gettext_lazy("Topped up to the guarantee"), _amount("top_up")),
    TraceKind.STACK: (gettext_lazy("Stacking"), _stack),
    TraceKind.ROUNDING: (gettext_lazy("Rounding"), _rounding),
    TraceKind.PRICE_CUT: (gettext_lazy("Price cut"), _price_cut),
    TraceKind.STOCK: (gettext_lazy("Stock before the cut"), _stock),
    TraceKind.COVERED: (gettext_lazy("Covered"), _covered),
    TraceKind.NOT_KNOWN: (gettext_lazy("Pays nothing yet"), _not_known),
}


def step_body(one: TraceStep) -> dict[str, str]:
    """Return a step as plain values."""
    return {"step": one.kind.value, **dict(one.values)}


def _locale() -> str:
    return get_language() or "en"


def _money(value: str, currency: str) -> str:
    return formats.money(Decimal(value), currency, locale=_locale(), digits=2)


def _exactly(value: str, currency: str) -> str:
    """A price with all its digits, up to four."""
    digits = min(4, max(2, -int(Decimal(value).normalize().as_tuple().exponent)))
    return formats.money(Decimal(value), currency, locale=_locale(), digits=digits)


def _day(value: str) -> str:
    return formats.day(date.fromisoformat(value), locale=_locale(), year=True)


def _plain(value: str) -> str:
    exact = Decimal(value).normalize()
    digits = min(4, max(0, -int(exact.as_tuple().exponent)))
    return formats.number(exact, locale=_locale(), digits=digits)
