"""The charts of an offer: our waterfall, theirs, and the payout along the volume."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from keystead.agreements.queries.sentences import name_of
from keystead.kit.ui import formats
from keystead.kit.ui.charts import Chart, waterfall
from keystead.kit.ui.charts.base import Measure
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.profitability.calc.whatif.answers import services_of
from keystead.profitability.types.offers import Answer, TierOdds
from keystead.profitability.views.shared import days, locale

MOST_MARKS = 12


def names_of(found: Answer) -> dict[str, str]:
    """Return the names of the conditions, and of the steps that are none."""
    names = {one.key: name_of(one) for one in found.offer.terms.conditions}
    return names | {
        "discounts": _("Price change"),
        "limits": _("Limits of the whole agreement"),
        "cogs": _("Cost of goods"),
    }


def ours(found: Answer) -> Chart:
    """Return our waterfall at the forecast: list, invoice, net-net and, where shown, margin."""
    names = names_of(found)
    by_level: dict[str, list[tuple[str, Decimal, str]]] = {}
    for one in found.ours.steps:
        if one.amount:
            step = (names.get(one.name, one.name), -one.amount, "change")
            by_level.setdefault(one.leads_to.value, []).append(step)
    steps: list[tuple[str, Decimal, str]] = []
    if "invoice" in by_level:
        steps = [(_("Sales at list"), found.list_sales, "total"), *by_level["invoice"]]
    steps.append((_("Invoice sales"), found.invoice, "total"))
    steps += by_level.get("net_net", [])
    steps.append((_("Net-net sales"), found.net_net, "total"))
    if found.margin is not None:
        steps += by_level.get("contribution", [])
        steps.append((_("Margin after cost of goods"), found.margin, "total"))
    return waterfall(label=_("What is left to us"), steps=steps, currency=found.currency)


def theirs(found: Answer) -> Chart:
    """Return what the customer earns: resale at the recommended price, or the price they pay."""
    names = names_of(found)
    services = services_of(found.offer.terms) if found.theirs is not None else frozenset()
    back = [
        (names.get(one.condition, one.condition), one.at_forecast)
        for one in found.paid
        if one.at_forecast and one.condition not in services
    ]
    steps: list[tuple[str, Decimal, str]] = []
    if found.theirs is not None:
        steps = [
            (_("Resale at the recommended price"), found.theirs.resale, "total"),
            (_("They buy for"), -found.invoice, "change"),
            (_("Front margin"), found.theirs.front_margin, "total"),
            *((name, amount, "change") for name, amount in back),
            (_("Their margin"), found.theirs.margin, "total"),
        ]
        return waterfall(label=_("What the customer earns"), steps=steps, currency=found.currency)
    steps = [
        (_("They buy for"), found.invoice, "total"),
        *((name, -amount, "change") for name, amount in back),
        (_("What it costs them"), found.net_net, "total"),
    ]
    return waterfall(
        label=_("What the customer pays"), steps=steps, currency=found.currency, good="down"
    )


def axis(found: Answer) -> Chart:
    """Return the payout along the sales of the term, with bounds, their odds and the range."""
    curve, names = found.curve, names_of(found)
    sales = [Decimal(repr(round(one, 2))) for one in curve.sales]
    paid = [Decimal(repr(round(one, 2))) for one in curve.paid]
    on_x = Measure.of([sales], "money", found.currency)
    on_y = Measure.of([paid], "money", found.currency)
    whole = curve.sales[0] / curve.shares[0] if curve.shares and curve.shares[0] else 0.0
    whole = whole or (curve.sales[-1] / curve.shares[-1] if curve.shares else 0.0)
    data = {
        "categories": [on_x.text(one) for one in sales],
        "x": [float(one) for one in sales],
        "y": [float(one) for one in paid],
        "y_labels": [on_y.text(one) for one in paid],
        "likely": [share * whole for share in curve.likely],
        "likely_labels": [
            f"{name} {on_x.text(Decimal(repr(round(share * whole, 2))))}"
            for name, share in zip(("P10", "P50", "P90"), curve.likely, strict=True)
        ],
        "marks": [
            {
                "x": (one.share or 0.0) * whole,
                "odds": formats.percent(Decimal(repr(one.odds)), locale=locale(), digits=0),
                "label": _mark(one, names),
                "cliff": abs(one.jump) > CLIFF,
                "dead": one.dead,
            }
            for one in _marks(found)
        ],
        "rates": _rates(found),
        "flat": [list(zone) for zone in curve.flat],
        "unit_x": on_x.words,
        "unit_y": on_y.words,
    }
    return Chart(
        "volume", _("Payout along the sales of the term"), data, _table(found, on_x, on_y),
        on_y.words, 380,
    )  # fmt: skip


def _rates(found: Answer) -> list[dict[str, object]]:
    """Return effective and marginal rate along the sales, in percent, each with its words."""
    made: list[dict[str, object]] = []
    for name, ratios in ((_("Effective rate"), found.curve.effective),
                         (_("Marginal rate"), found.curve.marginal)):  # fmt: skip
        exact = [Decimal(repr(round(one, 5))) for one in ratios]
        told = [formats.percent(one, locale=locale(), digits=1) for one in exact]
        made.append({"name": name, "y": [float(one * 100) for one in exact], "labels": told})
    return made


def marks_in_words(found: Answer) -> list[str]:
    """Return in sentences what the chart marks: cliffs, dead zones, tiers that do not work."""
    names, curve = names_of(found), found.curve
    whole = curve.sales[-1] / curve.shares[-1] if curve.shares and curve.shares[-1] else 0.0
    told = []
    for one in _marks(found):
        if abs(one.jump) > CLIFF and one.share is not None:
            words = {
                "sales": _amount(one.share * whole, found),
                "share": _signed(one.share - 1),
                "jump": _amount(one.jump, found),
                "tier": _mark(one, names),
                "odds": formats.percent(Decimal(repr(one.odds)), locale=locale(), digits=0),
            }
            text = _("Cliff at %(sales)s (%(share)s against the forecast): the payout jumps by "
                     "%(jump)s. %(tier)s, reached in %(odds)s of the draws.")  # fmt: skip
            told.append(text % words)
    for low, high in curve.flat:
        words = {"low": _amount(low, found), "high": _amount(high, found)}
        told.append(_("Dead zone from %(low)s to %(high)s: more sales pay nothing more.") % words)
    dead: dict[str, tuple[list[str], bool]] = {}
    for one in found.dead:
        dead.setdefault(_mark(one, names), ([], one.odds > 0.5))[0].append(days(one.period))
    for tier, (periods, always) in dead.items():
        words = {"tier": tier, "periods": ", ".join(periods)}
        if always:
            told.append(_("%(tier)s does not work (%(periods)s): it is nearly always reached.")
                        % words)  # fmt: skip
        else:
            told.append(_("%(tier)s does not work (%(periods)s): it is nearly never reached.")
                        % words)  # fmt: skip
    return told


def _amount(value: float, found: Answer) -> str:
    return formats.money(Decimal(repr(round(value, 2))), found.currency, locale=locale())


def _signed(ratio: float) -> str:
    text = formats.percent(Decimal(repr(round(ratio, 4))), locale=locale(), digits=1)
    return f"+{text}" if ratio > 0 else text


CLIFF = 0.005


def _marks(found: Answer) -> list[TierOdds]:
    """The bounds inside the drawn range, one for all tiers that share it; the likeliest first."""
    low, high = found.curve.shares[0], found.curve.shares[-1]
    seen: dict[float, TierOdds] = {}
    for one in sorted(found.tiers, key=lambda tier: -abs(tier.jump)):
        if one.share is not None and low <= one.share <= high and one.lower:
            seen.setdefault(round(one.share, 4), one)
    kept = sorted(seen.values(), key=lambda tier: -abs(tier.jump))[:MOST_MARKS]
    return sorted(kept, key=lambda tier: tier.share or 0.0)


def _mark(one: TierOdds, names: dict[str, str]) -> str:
    return pgettext("mark", "%(name)s, tier %(tier)s") % {
        "name": names.get(one.condition, one.condition), "tier": one.place + 1
    }  # fmt: skip


def _table(found: Answer, on_x: Measure, on_y: Measure) -> Table:
    step = max(len(found.curve.sales) // 16, 1)
    curve = found.curve
    told = zip(curve.sales, curve.paid, curve.effective, curve.marginal, strict=True)
    rows = [
        Row({"sales": Decimal(repr(sales)), "paid": Decimal(repr(paid)),
             "effective": Decimal(repr(effective)), "marginal": Decimal(repr(marginal))})
        for sales, paid, effective, marginal in list(told)[::step]
    ]  # fmt: skip
    columns = [
        on_x.column("sales", _("Sales of the term")),
        on_y.column("paid", _("Payout")),
        Column("effective", _("Effective rate"), "percent", digits=2),
        Column("marginal", _("Marginal rate"), "percent", digits=2),
    ]
    return Table(columns, rows, _("Payout along the sales of the term"), sortable=False)


def tier_table(found: Answer) -> Table:
    """Return every tier with its odds, its bound in sales, and the jump at it."""
    names = names_of(found)
    rows = []
    for one in found.tiers:
        name = names.get(one.condition, one.condition)
        rows.append(
            Row(
                {
                    "name": Cell(name, sub=days(one.period)),
                    "tier": one.place + 1,
                    "lower": Cell(one.lower, sub=""),
                    "rate": one.rate,
                    "odds": Decimal(repr(round(one.odds, 4))),
                    "near": Decimal(repr(round(one.near, 4))),
                    "share": None if one.share is None else Decimal(repr(round(one.share - 1, 4))),
                    "jump": Decimal(repr(round(one.jump, 2))) if abs(one.jump) > CLIFF else None,
                    "says": Cell(_("does not work"), tone="warn") if one.dead else "",
                }
            )
        )
    columns = [
        Column("name", _("Condition")),
        Column("tier", _("Tier"), "number"),
        Column("lower", pgettext("tier", "From"), "number", hide="phone"),
        Column("rate", pgettext("tier", "Rate"), "number", digits=2, hide="phone"),
        Column("odds", _("Reached"), "percent", digits=0),
        Column("near", _("Just missed"), "percent", digits=0, hide="phone"),
        Column("share", _("Bound against the forecast"), "variance_percent", good="none"),
        Column("jump", _("Jump there"), "money", currency=found.currency),
        Column("says", "" if not found.dead else _("Note"), "tag"),
    ]
    if not found.dead:
        columns.pop()
    return Table(columns, rows, _("Tiers and their odds"), sortable=False,
                 empty=_("No tier depends on the volume."))  # fmt: skip
