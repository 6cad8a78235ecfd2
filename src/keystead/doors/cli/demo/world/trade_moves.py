"""Lets the three years run, week by week: demand, orders, stock. One row per product and week."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from keystead.doors.cli.demo.world import trade_story as story
from keystead.doors.cli.demo.world.types import (
    LAST_DAY,
    DemoAccount,
    DemoProduct,
    Movement,
    stream,
    weeks,
)

CENT = Decimal("0.01")
BASE_PACKS = 3.6  # per week, for weight 1 at weight 1
# Weeks of demand that an account keeps in stock and on the way.
COVER_WEEKS = {"distributor": 6, "pharmacy_chain": 6, "platform": 5, "shop": 5}
# Our list, as a part of each product's price of 2024: one step up each January.
LIST_STEPS = {
    2023: Decimal("0.98"),
    2024: Decimal(1),
    2025: Decimal("1.015"),
    2026: Decimal("1.03"),
}


@dataclasses.dataclass(frozen=True)
class InvoiceLine:
    """One line that we invoiced; a credit note has negative quantities."""

    number: str
    day: date
    account: str
    sku: str
    quantity: int
    price: Decimal

    @property
    def value(self) -> Decimal:
        return (self.quantity * self.price).quantize(CENT, ROUND_HALF_UP)


@cache
def sells(account: DemoAccount, product: DemoProduct) -> bool:
    """Say whether the account ever carries the product: its lines, less a few by chance."""
    if product.line not in account.ranges:
        return False
    rare = product.weight < 1.2 and account.weight < 12
    return not rare or stream("range", account.code, product.sku).random() < 0.72


def moves_of(account: DemoAccount, product: DemoProduct) -> Iterator[Movement]:
    """Yield the weeks of one product at one account; stock never goes below zero.

    One week after the end of the world follows, for what was invoiced before and arrives then.
    """
    chance = stream("moves", account.code, product.sku)
    affinity = chance.lognormvariate(0.0, 0.35)
    plan = [_wanted(account, product, week, affinity) for week in weeks(beyond=20)]
    stock, coming = round(sum(plan[: cover_weeks(account)])), 0
    for number, week in enumerate(weeks(beyond=1)):
        opening, received = stock, coming
        stock += received
        wanted = _rounded(plan[number] * chance.gauss(1.0, 0.13), chance)
        if week > LAST_DAY - timedelta(days=6):
            wanted = wanted * 3 // 7  # the week that has only begun
        sold = min(stock, max(wanted, 0))
        stock -= sold
        back = _rounded(sold * 0.018, chance) if chance.random() < 0.5 else 0
        stock += back
        returned = _sent_back(stock, week, chance)
        stock -= returned
        yield Movement(
            account.code, product.sku, week, opening, received, returned, sold,
            max(wanted - sold, 0), back, stock,
        )  # fmt: skip
        cover = round(cover_weeks(account) * story.push(account, week))
        coming = _order(account, product, week, stock, plan[number + 1 : number + 1 + cover])


@cache
def cover_weeks(account: DemoAccount) -> int:
    """Return for how many weeks the account buys: some buy tight, some comfortably."""
    return COVER_WEEKS[account.kind] + stream("cover", account.code).choice((0, 0, 1))


def _wanted(account: DemoAccount, product: DemoProduct, week: date, affinity: float) -> float:
    if not story.on_range(account, product, week):
        return 0.0
    return (
        BASE_PACKS
        * account.weight
        * product.weight
        * affinity
        * story.season(product, week)
        * story.growth(account, week)
        * story.festival(account, product, week)
        * story.war(account, product, week)
    )


def _order(
    account: DemoAccount, product: DemoProduct, week: date, stock: int, ahead: list[float]
) -> int:
    """Return the packs that arrive next week: whole cases, up to the cover, if we have any."""
    next_week = week + timedelta(days=7)
    listed = story.on_range(account, product, next_week)
    if not listed or not story.can_deliver(account, product, week):
        return 0
    every = 2 if account.kind in ("pharmacy_chain", "distributor") else 1
    turn = week.toordinal() // 7 + stream("turn", account.code, product.sku).randrange(2)
    if every == 2 and turn % 2 and stock > (ahead[0] if ahead else 0):
        return 0
    missing = sum(ahead) - stock
    cases = max(round(missing / product.case), 0)
    return cases * product.case


def _sent_back(stock: int, week: date, chance: random.Random) -> int:
    """Return what goes back to us: a little, and more after 11-11."""
    after_festival = week.month == 11 and week.day > 14
    if chance.random() < (0.12 if after_festival else 0.015):
        return round(stock * (0.12 if after_festival else 0.05))
    return 0


def _rounded(number: float, chance: random.Random) -> int:
    whole = int(number)
    return whole + (chance.random() < number - whole)


def invoice_lines(
    account: DemoAccount, products: dict[str, DemoProduct], moves: list[Movement]
) -> list[InvoiceLine]:
    """Return what we invoiced: in the working days before delivery, credit notes after.

    A large account gets up to three deliveries a week, each with an invoice of its own.
    """
    chance = stream("invoices", account.code)
    most = 3 if account.weight >= 15 else 2 if account.weight >= 9 else 1
    lines = []
    by_week: dict[date, list[Movement]] = {}
    for move in moves:
        by_week.setdefault(move.week, []).append(move)
    for week, found in sorted(by_week.items()):
        days = sorted(chance.sample(range(3, 8), chance.randint(1, most)))
        back = week + timedelta(days=chance.randint(0, 2))
        tail = f"{week.toordinal() % 997:03d}{account.code.replace('-', '')}"
        for move in found:
            product = products[move.sku]
            if move.received:
                before = stream("delivery", account.code, move.sku, week).choice(days)
                day = week - timedelta(days=before)
                number = f"SI{day:%y%m%d}{tail}"
                price = net_price(account, product, day)
                lines.append(InvoiceLine(number, day, account.code, move.sku, move.received, price))
            if move.returned:
                number = f"CN{back:%y%m%d}{tail}"
                price = net_price(account, product, back)
                lines.append(
                    InvoiceLine(number, back, account.code, move.sku, -move.returned, price)
                )
    return [line for line in lines if line.day <= LAST_DAY]


def net_price(account: DemoAccount, product: DemoProduct, day: date) -> Decimal:
    """Return our price to the account: list, one step up each January, less its discount."""
    rate = LIST_STEPS[day.year] * (100 - account.discount_pct) / 100
    return (product.price * rate).quantize(CENT, ROUND_HALF_UP)
