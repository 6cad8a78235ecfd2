"""The other files of the maker: stock, listings, shelf prices, money spent, targets, market."""

from __future__ import annotations

import calendar
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from keystead.doors.cli.demo.world.sheets import Row, csv_bytes, workbook_bytes
from keystead.doors.cli.demo.world.trade_moves import InvoiceLine, sells
from keystead.doors.cli.demo.world.trade_sales import (
    PERIODS,
    Accounts,
    Products,
    arrival,
    carries,
    outlets_of,
    platform_code,
    shelf_price,
)
from keystead.doors.cli.demo.world.trade_story import ONLINE, on_range
from keystead.doors.cli.demo.world.types import (
    LAST_DAY,
    DemoFile,
    Movement,
    month_of,
    months,
    stream,
)

CENT = Decimal("0.01")
Invoiced = dict[tuple[str, date], Decimal]  # (account, month) -> what we invoiced
OwnSales = dict[tuple[str, date, str], float]  # (account, month, category) -> the same


def month_end(month: date) -> date:
    """Return the last day of the month, or of the world."""
    return min(month.replace(day=calendar.monthrange(month.year, month.month)[1]), LAST_DAY)


def invoiced(lines: list[InvoiceLine]) -> Invoiced:
    """Return what we invoiced by account and month, credit notes taken off."""
    found: Invoiced = defaultdict(Decimal)
    for line in lines:
        found[line.account, month_of(line.day)] += line.value
    return found


def invoiced_by_category(lines: list[InvoiceLine], products: Products) -> OwnSales:
    """Return what we invoiced by account, month and category, never below zero."""
    found: OwnSales = defaultdict(float)
    for line in lines:
        found[line.account, month_of(line.day), products[line.sku].category] += float(line.value)
    return found


def stock_sheets(moves: list[Movement], accounts: Accounts, products: Products) -> list[DemoFile]:
    """Return month-end stock with its movements; a few rows do not add up, as in life."""
    header = (
        "渠道编码", "渠道名称", "商品编码", "商品名称", "库存日期", "期初库存", "购进数量",
        "购进退货", "销售数量", "销售退回", "调整", "期末库存", "单位",
    )  # fmt: skip
    grouped: dict[tuple[date, str, str], list[Movement]] = defaultdict(list)
    for move in moves:
        grouped[month_of(move.week), move.account, move.sku].append(move)
    rows: dict[date, list[Row]] = defaultdict(list)
    for (month, code, sku), weeks in sorted(grouped.items()):
        if not any(week.opening or week.received for week in weeks):
            continue
        gap = stream("gap", month, code, sku)
        off = gap.choice((-6, -3, 4)) if gap.random() < 0.03 else 0
        rows[month].append(
            (
                code, accounts[code].alias, sku, products[sku].local_name,
                month_end(month).isoformat(), weeks[0].opening,
                sum(week.received for week in weeks), sum(week.returned for week in weeks),
                sum(week.sold for week in weeks), sum(week.customer_returned for week in weeks),
                0, max(weeks[-1].closing + off, 0), "盒",
            )
        )  # fmt: skip
    return [
        DemoFile(
            name=f"stock-{name}.xlsx",
            dataset="stock",
            source="stock",
            content=workbook_bytes(
                {
                    "库存": (
                        "",
                        header,
                        [row for month in rows if first <= month <= last for row in rows[month]],
                        None,
                    )
                }
            ),
            arrived=arrival(last),
        )
        for name, first, last in PERIODS
    ]


def listings(accounts: Accounts, products: Products) -> list[DemoFile]:
    """Return what is on the range: each quarter, by outlet where there are outlets."""
    header = ("客户编码", "门店编号", "商品编码", "商品名称", "日期", "状态")
    days = [month for month in months(date(2024, 1, 1)) if month.month in (1, 4, 7, 10)]
    files = []
    for name, first, last in PERIODS:
        rows: list[Row] = []
        for day in days:
            if first <= day <= last:
                rows += _range_on(day, accounts, products)
        if rows:
            content = csv_bytes(header, rows)
            files.append(
                DemoFile(
                    name=f"range-{name}.csv",
                    dataset="listing",
                    source="range",
                    content=content,
                    arrived=arrival(last),
                )
            )
    return files


def _range_on(day: date, accounts: Accounts, products: Products) -> list[Row]:
    rows: list[Row] = []
    for account in accounts.values():
        for product in products.values():
            if not account.weight or account.kind == "distributor" or not sells(account, product):
                continue
            listed = on_range(account, product, day)
            missed = stream("missed", account.code, product.sku, day).random() < 0.07
            listed = listed and not (missed and product.weight < 2)  # we have to ask for it again
            common = (product.sku, product.local_name, day.isoformat())
            if account.kind == "pharmacy_chain":
                rows += [
                    (account.code, outlet, *common, "在售" if listed else "下架")
                    for outlet, _ in outlets_of(account)
                    if carries(account, product, outlet, day)
                ]
            else:
                rows.append((account.code, "", *common, "在售" if listed else "下架"))
    return rows


def shelf_prices(accounts: Accounts, products: Products) -> list[DemoFile]:
    """Return prices seen in the shops, as a scraper saves them: GB18030, weekly, daily in June
    and November."""
    header = (
        "更新日期",
        "平台",
        "店铺名称",
        "商品ID",
        "商品名称",
        "价格",
        "原价",
        "销量",
        "评论数",
        "币种",
    )
    files = []
    for name, first, last in PERIODS[1:]:
        rows: list[Row] = []
        day = first
        while day <= last:
            june = day.month == 6 and 8 <= day.day <= 20
            festival = june or (day.month == 11 and day.day <= 13)
            if day.weekday() == 0 or festival:
                rows += _seen_on(day, accounts, products)
            day += timedelta(days=1)
        files.append(
            DemoFile(
                name=f"shelf-prices-{name}.csv",
                dataset="shelf_price",
                source="scraper",
                mapping=(("account", "平台"), ("item", "商品ID")),
                content=csv_bytes(header, rows, encoding="gb18030"),
                arrived=arrival(last),
            )
        )
    return files


def _seen_on(day: date, accounts: Accounts, products: Products) -> list[Row]:
    rows: list[Row] = []
    for account in accounts.values():
        if account.channel not in ONLINE:
            continue
        for product in products.values():
            seen = product.weight >= 1.6 and product.line != "rx" and sells(account, product)
            if not seen or not on_range(account, product, day):
                continue
            chance = stream("seen", day, account.code, product.sku)
            price = shelf_price(account, product, day)
            if chance.random() < 0.08:
                price = (price * Decimal("0.95")).quantize(Decimal("0.1"))
            sold = round(account.weight * product.weight * chance.uniform(20, 60))
            rows.append(
                (
                    day.isoformat(), account.code, account.alias,
                    platform_code(account, product), product.local_name, price, product.shelf,
                    sold, round(sold * 0.3), "CNY",
                )
            )  # fmt: skip
    return rows


# Share of what we invoice in a month, before the account's own level.
CATEGORIES = (
    ("平台推广", Decimal("0.058")),
    ("陈列费", Decimal("0.034")),
    ("返利预提", Decimal("0.045")),
    ("店员培训", Decimal("0.008")),
    ("样品", Decimal("0.005")),
)


def expenses(found: Invoiced, accounts: Accounts) -> list[DemoFile]:
    """Return money planned, committed and spent, by account, month and category."""
    header = (
        "客户编码",
        "客户名称",
        "日期",
        "费用类别",
        "活动名称",
        "状态",
        "金额",
        "币种",
        "单据编号",
    )
    lines: dict[date, list[Row]] = defaultdict(list)
    for (code, month), value in sorted(found.items()):
        account = accounts[code]
        level = Decimal(str(round(stream("level", code).uniform(0.75, 1.3), 3)))
        budget = _month_as_a_whole(found, code, month, value)
        for place, (category, rate) in enumerate(CATEGORIES):
            chance = stream("expense", code, month, category)
            if category == "平台推广" and account.channel not in ONLINE:
                continue
            if category == "陈列费" and account.kind != "pharmacy_chain":
                continue
            base = budget * rate * level
            name = _campaign(category, month)
            for status, factor in (("计划", 1.0), ("已批准", 0.96), ("实际", 0.93)):
                if month > date(2026, 10, 1) and status == "实际":
                    continue
                share = Decimal(str(round(factor * chance.uniform(0.85, 1.2), 3)))
                amount = (base * share).quantize(CENT)
                number = f"FY{month:%y%m}{code.replace('-', '')}{place}{status[0]}"
                day = (month + timedelta(days=9)).isoformat()
                lines[month].append(
                    (code, account.alias, day, category, name, status, amount, "CNY", number)
                )
    return [
        DemoFile(
            name=f"expenses-{name}.csv",
            dataset="expense",
            source="expenses",
            content=csv_bytes(
                header,
                [row for month in lines if first <= month <= last for row in lines[month]],
            ),
            arrived=arrival(last),
        )
        for name, first, last in PERIODS
    ]


def _month_as_a_whole(found: Invoiced, code: str, month: date, value: Decimal) -> Decimal:
    """Return what a budget is made for: half the month, half the year's mean; never below it."""
    last_twelve = [
        found.get((code, month_of(month - timedelta(days=30 * back))), Decimal(0))
        for back in range(1, 13)
    ]
    known = [one for one in last_twelve if one > 0]
    mean = sum(known, Decimal(0)) / len(known) if known else abs(value)
    return max((max(value, Decimal(0)) + mean) / 2, mean / 3)


def _campaign(category: str, month: date) -> str:
    if category != "平台推广":
        return ""
    return {6: f"618 {month.year}", 11: f"双11 {month.year}"}.get(month.month, "日常")


def targets(found: Invoiced, accounts: Accounts) -> list[DemoFile]:
    """Return sell-in targets: last year's month, smoothed, and the account's planned growth."""
    header = ("Account Code", "Account Name", "Month", "Metric", "Target Value", "Currency")
    files = []
    for year in (2024, 2025, 2026):
        rows: list[Row] = []
        for code, account in accounts.items():
            if not account.weight:
                continue
            hope = stream("t", code, year).uniform(-0.07, 0.08)
            ambition = Decimal(str(round(1 + account.growth + hope, 4)))
            before = _year_shape(found, code, year - 1 if year > 2024 else 2024)
            if year == 2024:
                ambition = Decimal("1.04")
            for month, value in enumerate(before, 1):
                goal = (value * ambition / 1000).quantize(Decimal(1)) * 1000
                rows.append((code, account.name, f"{year}-{month:02d}", "sell_in", goal, "CNY"))
        files.append(
            DemoFile(
                name=f"targets-{year}.csv",
                dataset="target",
                source="targets",
                content=csv_bytes(header, rows),
                arrived=date(year, 1, 15),
            )
        )
    return files


def _year_shape(found: Invoiced, code: str, year: int) -> list[Decimal]:
    values = [found.get((code, date(year, month, 1)), Decimal(0)) for month in range(1, 13)]
    mean = sum(values, Decimal(0)) / 12
    return [(value * 2 + mean) / 3 for value in values]


RIVALS = ("贝岚医疗", "禾正药业", "奥凡健康")


def market(found: OwnSales, accounts: Accounts, products: Products) -> list[DemoFile]:
    """Return the size of the categories at the larger accounts, ours and three rivals'."""
    header = ("客户编码", "客户名称", "月份", "品类", "公司", "是否本公司", "市场销售额", "币种")
    categories = sorted({product.category for product in products.values()})
    rows: dict[int, list[Row]] = defaultdict(list)
    for code, account in accounts.items():
        if account.weight < 10 or account.kind == "distributor":
            continue
        for month in months(date(2024, 1, 1), date(2026, 10, 31)):
            years = (month - date(2024, 1, 1)).days / 365
            for place, category in enumerate(categories):
                chance = stream("market", code, category)
                share = chance.uniform(0.08, 0.3)
                near = [
                    found.get((code, month_of(month + timedelta(days=31 * step)), category), 0.0)
                    for step in (-1, 0)
                ]
                own = max(sum(near) / 2, 0.0) * 1.7  # at the shelf, two months smoothed
                if not own:
                    continue
                parts = [own]
                for rank in range(len(RIVALS)):
                    drift = 1 + (0.02 + 0.05 * rank) * years * (1 if place % 2 else 0.4)
                    parts.append(own * (1 - share) / share / 3 * drift * chance.uniform(0.9, 1.1))
                for company, amount in zip(("澜屿健康", *RIVALS), parts, strict=True):
                    mine = "是" if company == "澜屿健康" else "否"
                    rows[month.year].append(
                        (code, account.alias, f"{month:%Y-%m}", category, company, mine,
                         round(amount), "CNY")
                    )  # fmt: skip
    return [
        DemoFile(
            name=f"market-{year}.csv",
            dataset="market",
            source="market",
            content=csv_bytes(header, found_rows),
            arrived=date(min(year + 1, 2026), 1 if year < 2026 else 11, 12),
        )
        for year, found_rows in sorted(rows.items())
    ]


def costs(lines: list[InvoiceLine], accounts: Accounts, products: Products) -> list[DemoFile]:
    """Return what the goods we invoiced cost us, by month, and their way to the account."""
    header = ("客户编码", "产品编码", "日期", "成本类型", "数量", "单位成本", "币种")
    packs: dict[tuple[date, str, str], int] = defaultdict(int)
    for line in lines:
        packs[month_of(line.day), line.account, line.sku] += line.quantity
    rows: dict[date, list[Row]] = defaultdict(list)
    for (month, code, sku), quantity in sorted(packs.items()):
        step = 1 + Decimal(month.year - 2024) * Decimal("0.012")
        goods = (products[sku].price * Decimal("0.41") * step).quantize(CENT)
        rows[month].append(
            (code, sku, month_end(month).isoformat(), "产品成本", quantity, goods, "CNY")
        )
    for (code, month), value in sorted(invoiced(lines).items()):
        way = (abs(value) * Decimal("0.031")).quantize(CENT)
        rows[month].append((code, "", month_end(month).isoformat(), "物流", 1, way, "CNY"))
    return [
        DemoFile(
            name=f"costs-{name}.csv",
            dataset="cost",
            source="finance",
            content=csv_bytes(
                header, [row for month in rows if first <= month <= last for row in rows[month]]
            ),
            arrived=arrival(last),
        )
        for name, first, last in PERIODS
    ]
