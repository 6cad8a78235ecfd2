"""The preference list and how long it held; stock and coverage; usage for publishers."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from keystead.catalog.queries import listings
from keystead.catalog.types import Listing
from keystead.kernel.periods import Period, add_months
from keystead.metrics.types import Evaluation
from keystead.reviews.queries.gathering.facts import Asked, fact_of, told
from keystead.reviews.types.material import Fact, Record

MOST = 24
ZERO = Decimal(0)
STOCK = ("stock_units", "stock_days", "off_take_units", "sell_through_rate")
COVERAGE = ("listing_continuity", "listing_coverage", "numeric_distribution",
            "weighted_distribution", "outlets_selling", "skus_sold")  # fmt: skip
USAGE = ("unique_requests", "controlled_requests", "turnaways", "open_share", "cost_per_use")


def range_facts(asked: Asked) -> dict[str, Fact]:
    """Return the named figures of listings and coverage, at the end of the period."""
    found = asked.evaluate(COVERAGE)
    return told({name: fact_of(found.figure(name), good="up") for name in COVERAGE})


def listing_records(asked: Asked) -> tuple[Record, ...]:
    """Return the agreed range product by product: on the list or off, since when, its sales."""
    agreed = listings(asked.actor, account_id=asked.account.id, agreed=True)
    wanted = {one.product_id: one for one in agreed if _holds(one, asked.period)}
    if not wanted:
        return ()
    found = asked.evaluate(("listing_continuity", "sell_in", "sell_in_growth"), ("product",))
    records = []
    for product_id, one in wanted.items():
        facts = {
            name: fact_of(found.figure(metric, product=product_id))
            for name, metric in (("continuity", "listing_continuity"), ("sell_in", "sell_in"),
                                 ("growth", "sell_in_growth"))
        }  # fmt: skip
        listed = bool(facts["continuity"].value)
        words = {"name": one.product_name, "sku": one.sku, "listed": "1" if listed else ""}
        since = {"since": one.span.valid_from} if one.span.valid_from else {}
        records.append(Record(str(product_id), words, told(facts), since))
    return tuple(sorted(records, key=_by_sales))


def stock_records(asked: Asked) -> tuple[Record, ...]:
    """Return stock and days of stock of the products that sell most."""
    found = asked.evaluate(STOCK, ("product",))
    records = _by_product(found, STOCK)
    kept = [one for one in records if one.fact("stock_units") or one.fact("stock_days")]
    kept.sort(key=lambda one: (-(one.fact("off_take_units").value or ZERO), one.key))
    return tuple(kept[:MOST])


def usage_facts(asked: Asked) -> dict[str, Fact]:
    """Return the named figures of usage: the period, and the twelve months before its end."""
    found = asked.evaluate(USAGE)
    facts = {name: fact_of(found.figure(name)) for name in USAGE}
    old = asked.evaluate(("unique_requests",), period=asked.before)
    facts["unique_requests_last_year"] = fact_of(old.figure("unique_requests"))
    return told(facts)


def usage_records(asked: Asked) -> tuple[Record, ...]:
    """Return the use of twelve months, month by month, beside the year before."""
    span = Period(add_months(asked.period.end, -12), asked.period.end)
    now = asked.evaluate(("unique_requests",), ("month",), span)
    old = asked.evaluate(("unique_requests",), ("month",), span.shift_years(-1))
    records = [
        Record(
            f"{one.start:%Y-%m}", {},
            told({"requests": fact_of(now.figure("unique_requests", month=one.start)),
                  "last_year": fact_of(old.figure("unique_requests",
                                                  month=one.shift_years(-1).start))}),
            {"month": one.start},
        )
        for one in span.months()
    ]  # fmt: skip
    return tuple(records) if any(one.facts for one in records) else ()


def value_records(asked: Asked) -> tuple[Record, ...]:
    """Return what each product's use cost and how often readers were turned away."""
    names = ("unique_requests", "turnaways", "cost_per_use")
    found = asked.evaluate(names, ("product",))
    kept = [one for one in _by_product(found, names) if one.fact("unique_requests")]
    kept.sort(key=lambda one: (-(one.fact("unique_requests").value or ZERO), one.key))
    return tuple(kept[:MOST])


def _by_product(found: Evaluation, names: Iterable[str]) -> list[Record]:
    records = []
    for row in found.table.select(["product", "product_name"]).to_pylist():
        facts = told({name: fact_of(found.figure(name, product=row["product"])) for name in names})
        if facts:
            key = str(row["product"] or 0)
            records.append(Record(key, {"name": row["product_name"] or ""}, facts))
    return records


def _holds(one: Listing, period: Period) -> bool:
    span = one.span
    begun = span.valid_from is None or span.valid_from < period.end
    return begun and (span.valid_to is None or span.valid_to > period.start)


def _by_sales(one: Record) -> tuple[Decimal, str]:
    return -(one.fact("sell_in").value or ZERO), one.words["name"]
