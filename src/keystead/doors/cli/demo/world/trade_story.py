"""What happened in these three years: seasons, 6-18 and 11-11, price wars, a delisting."""

from __future__ import annotations

import dataclasses
import math
from datetime import date, timedelta

from keystead.doors.cli.demo.world.types import DemoAccount, DemoProduct

ONLINE = {"E-commerce", "Quick commerce", "Live commerce"}

# month -> factor of demand, by season
_SEASONS: dict[str, tuple[float, ...]] = {
    "flat": (1.0, 0.96, 1.01, 1.0, 1.0, 1.0, 0.99, 0.99, 1.0, 1.01, 1.02, 1.02),
    "winter": (1.42, 1.30, 1.14, 0.98, 0.82, 0.72, 0.68, 0.70, 0.86, 1.02, 1.22, 1.44),
    "summer": (0.72, 0.74, 0.86, 1.02, 1.22, 1.38, 1.46, 1.36, 1.12, 0.86, 0.70, 0.66),
    "feast": (1.22, 1.28, 0.96, 0.94, 0.98, 0.96, 0.94, 0.95, 1.02, 1.14, 0.98, 1.00),
    "gift": (1.20, 0.96, 0.92, 0.92, 1.02, 1.06, 0.92, 0.92, 1.04, 1.00, 1.06, 1.08),
}


@dataclasses.dataclass(frozen=True)
class Window:
    """Something that held for some accounts and products between two days, both inside."""

    first: date
    last: date
    accounts: tuple[str, ...]
    skus: tuple[str, ...]
    factor: float = 1.0

    def covers(self, day: date, account: str, sku: str) -> bool:
        """Say whether it held for this product at this account on this day."""
        return (
            self.first <= day <= self.last
            and any(account.startswith(prefix) for prefix in self.accounts)
            and any(sku.startswith(prefix) for prefix in self.skus)
        )


# Two shops undercut each other on strips: their volume rises, that of the others falls.
PRICE_WARS = (
    Window(date(2025, 3, 10), date(2025, 3, 30), ("PL-01", "DL-01"), ("WA-S",), 0.80),
    Window(date(2026, 9, 7), date(2026, 9, 27), ("TM-02", "PL-01"), ("WA-S",), 0.74),
    Window(date(2026, 4, 13), date(2026, 4, 26), ("MD-01", "JH-02"), ("KY-", "SK-"), 0.85),
)
# We could not deliver: a supplier's membrane ran out, then a flooded warehouse in the north.
NO_SUPPLY = (
    Window(date(2024, 7, 22), date(2024, 9, 15), ("",), ("QM-BP",)),
    Window(date(2026, 6, 29), date(2026, 9, 6), ("GS-N", "YAT"), ("WA-S50", "TS-")),
    Window(date(2026, 7, 27), date(2026, 9, 6), ("JH-01", "TM-01"), ("WA-S50",)),
    # A lot of monitors waits at the customs; a chain that paid late gets nothing at all.
    Window(date(2026, 10, 5), date(2026, 12, 31), ("MD-01",), ("QM-BP",)),
    Window(date(2026, 10, 12), date(2026, 12, 31), ("FM-01",), ("",)),
)
# Loaded above their need: a flagship before 11-11, a chain to reach the quarter's rebate.
PUSHED = (
    Window(date(2026, 10, 5), date(2026, 11, 18), ("TM-02",), ("",), 2.4),
    Window(date(2026, 9, 7), date(2026, 10, 4), ("YAT-01",), ("",), 1.7),
)
# Off the range, from the first day on.
DELISTED = (
    Window(
        date(2026, 4, 1), date(2027, 12, 31), ("KZ-01",), ("WA-S50", "WA-S100", "QM-BP2", "MR-D20")
    ),
    Window(date(2025, 7, 1), date(2025, 10, 31), ("BJT-JS",), ("FQ-",)),
    Window(date(2026, 9, 1), date(2027, 12, 31), ("HN-01",), ("KY-M60",)),
)
# New on the range from that day on: before it, nothing is sold.
LAUNCHES = {"WA-M2": date(2024, 9, 2), "TS-SI28": date(2024, 6, 3), "LP-VA28": date(2025, 3, 3)}


def season(product: DemoProduct, week: date) -> float:
    """Return the seasonal factor of a product in the week that begins on this Monday."""
    middle = week + timedelta(days=3)
    return _SEASONS[product.season][middle.month - 1]


def growth(account: DemoAccount, week: date) -> float:
    """Return how far the account has grown since the beginning of 2024."""
    years = (week - date(2024, 1, 1)).days / 365.25
    return math.exp(years * math.log1p(account.growth))


def festival(account: DemoAccount, product: DemoProduct, week: date) -> float:
    """Return the lift of 6-18 and 11-11 online, with the lull after them."""
    if account.channel not in ONLINE or product.line == "rx":
        return 1.0
    lift = 1.0
    strength = {"E-commerce": 1.0, "Live commerce": 1.2, "Quick commerce": 0.35}[account.channel]
    for year in range(2023, 2027):
        for peak, height in ((date(year, 6, 16), 2.1), (date(year, 11, 9), 3.0)):
            distance = (week + timedelta(days=3) - peak).days / 7
            if -1.6 < distance < 0.6:
                lift += strength * height * math.exp(-(distance**2) * 1.4)
            elif 0.6 <= distance < 3.2:
                lift -= 0.28 * strength * (3.2 - distance) / 2.6
    return max(lift, 0.45)


def war(account: DemoAccount, product: DemoProduct, week: date) -> float:
    """Return what price wars do to demand: 1.7 for those in it, 0.88 for the others online."""
    for window in PRICE_WARS:
        if not (window.first <= week <= window.last and product.sku.startswith(window.skus)):
            continue
        if window.covers(week, account.code, product.sku):
            return 1.7
        if account.channel in ONLINE:
            return 0.88
    return 1.0


def on_range(account: DemoAccount, product: DemoProduct, day: date) -> bool:
    """Say whether the account has the product on its range on a day."""
    launched = LAUNCHES.get(product.sku)
    if launched and day < launched:
        return False
    return not any(window.covers(day, account.code, product.sku) for window in DELISTED)


def can_deliver(account: DemoAccount, product: DemoProduct, day: date) -> bool:
    """Say whether we had goods for this account in the week."""
    return not any(window.covers(day, account.code, product.sku) for window in NO_SUPPLY)


def push(account: DemoAccount, week: date) -> float:
    """Return by how much the account is loaded above its usual cover."""
    return max((w.factor for w in PUSHED if w.covers(week, account.code, "")), default=1.0)


def price_factor(account: DemoAccount, product: DemoProduct, day: date) -> float:
    """Return the shelf price on a day as a part of the regular one."""
    factor = 1.0
    for window in PRICE_WARS:
        if window.covers(day, account.code, product.sku):
            step = min((day - window.first).days // 4, 3) / 3  # they answer each other
            factor = min(factor, 1 - (1 - window.factor) * (0.4 + 0.6 * step))
    if account.channel in ONLINE and product.line != "rx":
        for year in range(2023, 2027):
            if date(year, 6, 12) <= day <= date(year, 6, 18):
                factor = min(factor, 0.88)
            if date(year, 11, 6) <= day <= date(year, 11, 11):
                factor = min(factor, 0.82)
    return factor
