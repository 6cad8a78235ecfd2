"""Sales of a review: the strip, month by month, the bridge, what moved most."""

from __future__ import annotations

from decimal import Decimal

from keystead.kernel.errors import Invalid
from keystead.kernel.periods import Period
from keystead.metrics.calc.derived import derive
from keystead.metrics.queries import reading
from keystead.metrics.types import Note
from keystead.profitability.queries import growth
from keystead.profitability.types import Growth, GrowthLine, Part
from keystead.reviews.queries.gathering.facts import Asked, amount_fact, fact_of, told
from keystead.reviews.types.material import Fact, Record

# The figures that may stand in the strip, as on the account page; six of them that are known.
STRIP = ("sell_in", "target_attainment", "off_take_units", "stock_days", "listing_coverage",
         "trade_rate", "returns", "stock_units", "unique_requests", "cost_per_use")  # fmt: skip
BESIDE = ("sell_in_growth", "target", "target_gap", "off_take_growth", "net_sales")
AHEAD = ("sell_in_to_date", "target_year", "run_rate", "required_run_rate", "months_remaining")
MOST_MOVERS = 12
DOWN = frozenset({"stock_days", "returns", "trade_rate", "stock_units", "cost_per_use"})


def head_facts(asked: Asked) -> dict[str, Fact]:
    """Return the named figures: those of the period, of last year, of the year ahead."""
    found = asked.evaluate((*STRIP, *BESIDE))
    facts = {
        name: fact_of(found.figure(name), good="down" if name in DOWN else "up")
        for name in (*STRIP, *BESIDE)
    }
    old = asked.evaluate(("sell_in",), period=asked.before)
    facts["sell_in_last_year"] = fact_of(old.figure("sell_in"), good="up")
    whole = asked.evaluate(AHEAD, period=Period(asked.year.start, asked.period.end))
    facts |= {name: fact_of(whole.figure(name), good="up") for name in AHEAD}
    return told(facts)


def months(asked: Asked) -> tuple[Record, ...]:
    """Return the fiscal year up to the end of the period, month by month, beside last year."""
    span = Period(asked.year.start, asked.period.end)
    now = asked.evaluate(("sell_in", "target"), ("month",), span)
    old = asked.evaluate(("sell_in",), ("month",), span.shift_years(-1))
    records = []
    for one in span.months():
        first = one.start
        facts = {
            "sell_in": fact_of(now.figure("sell_in", month=first)),
            "target": fact_of(now.figure("target", month=first)),
            "last_year": fact_of(old.figure("sell_in", month=one.shift_years(-1).start)),
        }
        records.append(Record(f"{first:%Y-%m}", {}, told(facts), {"month": first}))
    return tuple(records) if any(one.facts for one in records) else ()


def forecast_months(asked: Asked) -> tuple[Record, ...]:
    """Return the agreed forecast and the target of the months to come in the fiscal year."""
    if asked.period.end >= asked.year.end:
        return ()
    ahead = Period(asked.period.end, asked.year.end)
    found = asked.evaluate(("sell_in_forecast", "target"), ("month",), ahead)
    records = [
        Record(
            f"{one.start:%Y-%m}", {},
            told({name: fact_of(found.figure(metric, month=one.start))
                  for name, metric in (("forecast", "sell_in_forecast"), ("target", "target"))}),
            {"month": one.start},
        )
        for one in ahead.months()
    ]  # fmt: skip
    return tuple(records) if any(one.facts for one in records) else ()


def moved(asked: Asked) -> Growth | None:
    """Return the bridge of sell-in against last year; None where nothing was sold in either."""
    found = growth(
        actor=asked.actor, account_id=asked.account.id, period=asked.period,
        currency=asked.currency, within=reading(asked.actor, asked.commit),
    )  # fmt: skip
    return found if found.bridge.base or found.bridge.actual else None


def one_currency(asked: Asked) -> str:
    """Return what to convert into: nothing where the account has facts in one currency."""
    found = asked.evaluate(("sell_in",), period=Period(asked.before.start, asked.period.end))
    if found.figure("sell_in").note is Note.MIXED_CURRENCIES:
        if not asked.account.currency:
            raise Invalid(
                "This account has facts in several currencies.", code="currency_mixed",
                hint="Set the currency of the account first.",
            )  # fmt: skip
        return asked.account.currency
    return ""


def bridge_records(found: Growth) -> tuple[Record, ...]:
    """Return the bars of the bridge: last year, the parts that are not zero, this year."""
    ends = [
        Record("base", {}, told({"amount": amount_fact(found.base, found.currency)})),
        Record("actual", {}, told({"amount": amount_fact(found.actual, found.currency)})),
    ]
    parts = [
        Record(part.value, {}, {"amount": Fact(amount, "money", found.currency)})
        for part in Part
        if (amount := found.bridge.parts.get(part, Decimal(0)))
    ]
    return (ends[0], *parts, ends[1]) if all(one.facts for one in ends) else tuple(parts)


def mover_records(found: Growth) -> tuple[Record, ...]:
    """Return the products that moved most, each with the part of the bridge that explains most."""
    lines = [one for one in found.lines if sum(one.parts.values(), Decimal(0))][:MOST_MOVERS]
    return tuple(_mover(number, one, found) for number, one in enumerate(lines, 1))


def _mover(number: int, line: GrowthLine, found: Growth) -> Record:
    change = sum(line.parts.values(), Decimal(0))
    base, actual = line.base.proof_id, line.actual.proof_id
    reason = max(line.parts, key=lambda part: abs(line.parts[part]))
    whole = base and actual and (line.actual.value or 0) - (line.base.value or 0) == change
    facts = {
        "base": amount_fact(line.base, found.currency),
        "actual": amount_fact(line.actual, found.currency),
        "change": Fact(change, "money", found.currency,
                       derive("difference", (actual, base)) if whole else "", "up"),
        "reason": Fact(line.parts[reason], "money", found.currency, "", "up"),
    }  # fmt: skip
    words = {"name": line.name, "reason": reason.value}
    return Record(str(number), words, told(facts))
