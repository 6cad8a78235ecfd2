"""The files about sales of the maker: our invoices, platforms' and chains' off-take, flow."""

from __future__ import annotations

import calendar
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from keystead.doors.cli.demo.world.sheets import Row, Sheet, csv_bytes, workbook_bytes
from keystead.doors.cli.demo.world.trade_moves import InvoiceLine
from keystead.doors.cli.demo.world.trade_story import price_factor
from keystead.doors.cli.demo.world.types import (
    LAST_DAY,
    DemoAccount,
    DemoFile,
    DemoProduct,
    Movement,
    month_of,
    stream,
)

Accounts = dict[str, DemoAccount]
Products = dict[str, DemoProduct]
CENT = Decimal("0.01")
SHOP_COLUMNS = (("account", "店铺编码"), ("date", "订单付款日期"))

# name, first day, last day of what one file holds
PERIODS: tuple[tuple[str, date, date], ...] = (
    ("2024", date(2023, 10, 1), date(2024, 12, 31)),
    ("2025", date(2025, 1, 1), date(2025, 12, 31)),
    ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
    ("2026-Q2", date(2026, 4, 1), date(2026, 6, 30)),
    ("2026-Q3", date(2026, 7, 1), date(2026, 9, 30)),
    ("2026-10", date(2026, 10, 1), date(2026, 10, 31)),
    ("2026-11", date(2026, 11, 1), LAST_DAY),
)


def arrival(last: date) -> date:
    """Return the day on which a file about a period comes in."""
    return min(last + timedelta(days=4), LAST_DAY)


@cache
def platform_code(account: DemoAccount, product: DemoProduct) -> str:
    """Return the code under which a platform sells the product."""
    family = account.code.split("-")[0]
    number = 100_000 + stream("platform", family, product.sku).randrange(899_999)
    return f"{family}{number}"


def shelf_price(account: DemoAccount, product: DemoProduct, day: date) -> Decimal:
    """Return what the consumer pays on a day."""
    factor = Decimal(str(round(price_factor(account, product, day), 3)))
    return (product.shelf * factor * _house(account.code)).quantize(Decimal("0.1"))


def invoices(lines: list[InvoiceLine], accounts: Accounts, products: Products) -> list[DemoFile]:
    """Return our own invoices, as the ERP exports them: English, UTF-8."""
    header = (
        "Invoice No", "Posting Date", "Customer No", "Customer Name", "Material", "Description",
        "Quantity", "UoM", "Net Price", "Net Value", "Currency", "Sales Channel",
    )  # fmt: skip
    files = []
    for name, first, last in PERIODS:
        rows: list[Row] = [
            (
                line.number, line.day.isoformat(), line.account, accounts[line.account].name,
                line.sku, products[line.sku].name, line.quantity, "BX", line.price, line.value,
                "CNY", accounts[line.account].channel,
            )
            for line in sorted(lines, key=lambda line: (line.day, line.number, line.sku))
            if first <= line.day <= last
        ]  # fmt: skip
        files.append(
            DemoFile(
                name=f"erp-invoices-{name}.csv",
                dataset="sell_in",
                source="erp",
                content=csv_bytes(header, rows),
                arrived=arrival(last),
            )
        )
    return files


def platform_workbooks(
    family: str,
    source: str,
    title: str,
    moves: list[Movement],
    accounts: Accounts,
    products: Products,
) -> list[DemoFile]:
    """Return a platform's off-take: a workbook with one sheet per month, in Chinese."""
    files = []
    for name, first, last in PERIODS:
        found = [
            move
            for move in moves
            if move.account.startswith(family)
            and accounts[move.account].kind == "platform"
            and first <= move.week <= last
        ]
        content = _platform_book(title, found, accounts, products)
        files.append(
            DemoFile(
                name=f"{source}-{name}.xlsx",
                dataset="off_take",
                source=source,
                content=content,
                arrived=arrival(last),
            )
        )
    return files


def restated_month(
    source: str, title: str, moves: list[Movement], accounts: Accounts, products: Products
) -> DemoFile:
    """Return May 2026 of a platform once more: late orders make it 3% higher."""
    chance = stream("restated", source)
    late = [
        Movement(
            move.account, move.sku, move.week, move.opening, move.received, move.returned,
            move.sold + round(move.sold * chance.uniform(0, 0.06)), move.lost,
            move.customer_returned, move.closing,
        )
        for move in moves
        if move.account in ("JH-01", "JH-02")
        and month_of(move.week) == date(2026, 5, 1)
    ]  # fmt: skip
    return DemoFile(
        name=f"{source}-2026-05-corrected.xlsx",
        dataset="off_take",
        source=source,
        content=_platform_book(title, late, accounts, products),
        arrived=date(2026, 7, 21),
    )


def _platform_book(
    title: str, moves: list[Movement], accounts: Accounts, products: Products
) -> bytes:
    header = ("平台名称", "统计日期", "商品编码", "商品名称", "下单件数", "GMV", "币种", "口径")
    by_month: dict[date, list[Row]] = defaultdict(list)
    for move in sorted(moves, key=lambda move: (move.week, move.account, move.sku)):
        account, product = accounts[move.account], products[move.sku]
        price = shelf_price(account, product, move.week + timedelta(days=3))
        common = (account.alias, move.week.isoformat(), platform_code(account, product))
        for packs in (move.sold, -move.customer_returned):
            if packs:
                amount = (packs * price).quantize(CENT)
                by_month[month_of(move.week)].append(
                    (*common, product.local_name, packs, float(amount), "CNY", "下单")
                )
    sheets: dict[str, Sheet] = {}
    for month, rows in sorted(by_month.items()):
        total = ("合计", "", "", "", sum(int(str(row[4])) for row in rows), "", "", "")
        label = f"{month:%Y}年{month:%m}月"
        sheets[label] = (f"{title} {label}", header, rows, total)
    return workbook_bytes(sheets)


def shop_exports(moves: list[Movement], accounts: Accounts, products: Products) -> list[DemoFile]:
    """Return the off-take of the other shops, by barcode, as their back office exports it."""
    header = (
        "店铺编码", "店铺名称", "订单付款日期", "条形码", "商品名称", "支付件数", "支付金额",
    )  # fmt: skip
    shops = ("JH-03", "TM-02", "MD-01", "PL-01", "DL-01")
    files = []
    for name, first, last in PERIODS:
        rows: list[Row] = []
        for move in sorted(moves, key=lambda move: (move.week, move.account, move.sku)):
            if move.account not in shops or not first <= move.week <= last:
                continue
            account, product = accounts[move.account], products[move.sku]
            price = shelf_price(account, product, move.week + timedelta(days=3))
            for packs in (move.sold, -move.customer_returned):
                if packs:
                    rows.append(
                        (
                            account.code, account.alias, f"{move.week:%Y/%m/%d}", product.gtin,
                            product.local_name, packs, (packs * price).quantize(CENT),
                        )
                    )  # fmt: skip
        files.append(
            DemoFile(
                name=f"shops-{name}.csv",
                dataset="off_take",
                source="shops",
                content=csv_bytes(header, rows, encoding="utf-8-sig"),
                arrived=arrival(last),
                mapping=SHOP_COLUMNS,
            )
        )
    return files


@cache
def outlets_of(account: DemoAccount) -> list[tuple[str, float]]:
    """Return the sampled outlets of a chain with their weights."""
    chance = stream("outlets", account.code)
    return [
        (f"{account.code}-{number:03d}", chance.lognormvariate(0, 0.6))
        for number in range(1, 6 + round(account.weight * 0.6))
    ]


def carries(account: DemoAccount, product: DemoProduct, outlet: str, day: date) -> bool:
    """Say whether an outlet of the chain carries the product; coverage widens with the years."""
    reach = 0.62 + 0.09 * (day.year - 2024) + 0.05 * min(product.weight, 3)
    return _luck(outlet, product.sku) < reach


@cache
def _luck(outlet: str, sku: str) -> float:
    return stream("carries", outlet, sku).random()


@cache
def _house(code: str) -> Decimal:
    return Decimal(str(1 + stream("house", code).uniform(-0.03, 0.03))[:6])


def chain_reports(moves: list[Movement], accounts: Accounts, products: Products) -> list[DemoFile]:
    """Return the off-take of the pharmacy chains by outlet and month, one file for all."""
    header = ("连锁名称", "门店编号", "销售日期", "商品编码", "通用名", "销售数量", "零售金额")
    months: dict[tuple[str, str, date], int] = defaultdict(int)
    for move in moves:
        if accounts[move.account].kind == "pharmacy_chain":
            months[move.account, move.sku, month_of(move.week)] += move.sold
    rows: dict[date, list[Row]] = defaultdict(list)
    for (code, sku, month), packs in sorted(months.items(), key=lambda item: item[0][::-1]):
        account, product = accounts[code], products[sku]
        length = calendar.monthrange(month.year, month.month)[1]
        price = shelf_price(account, product, month)
        for outlet, part in _split(account, product, month, packs):
            value = (part * price).quantize(CENT)
            # Each outlet settles on its own day, so that a month to date is a fair part of one.
            settled = min(month.replace(day=1 + int(_luck(outlet, "day") * length)), LAST_DAY)
            rows[month].append(
                (account.alias, outlet, settled.isoformat(), sku, product.local_name, part, value)
            )
    return [
        DemoFile(
            name=f"chains-{name}.csv",
            dataset="off_take",
            source="chains",
            mapping=(("account_name", "连锁名称"),),
            content=csv_bytes(
                header,
                [row for month, found in rows.items() if first <= month <= last for row in found],
                encoding="gb18030",
            ),
            arrived=arrival(last),
        )
        for name, first, last in PERIODS
    ]


def _split(
    account: DemoAccount, product: DemoProduct, month: date, packs: int
) -> list[tuple[str, int]]:
    """Return the outlets that sold, with whole packs that add up to all packs."""
    chance = stream("split", account.code, product.sku, month)
    outlets = [
        (outlet, weight * chance.uniform(0.6, 1.4))
        for outlet, weight in outlets_of(account)
        if carries(account, product, outlet, month)
    ]
    whole = sum(weight for _, weight in outlets)
    parts, given, seen = [], 0, 0.0
    for outlet, weight in outlets:
        seen += weight
        upto = round(packs * seen / whole)
        if upto > given:
            parts.append((outlet, upto - given))
            given = upto
    return parts


def distributor_flow(
    moves: list[Movement], accounts: Accounts, products: Products
) -> list[DemoFile]:
    """Return what the distributors shipped on to hospitals and pharmacies."""
    header = (
        "商业公司编码", "商业公司名称", "出库日期", "出库单号", "产品编码", "产品名称", "数量",
        "单位", "单价", "金额", "下游客户名称", "级别",
    )  # fmt: skip
    rows: dict[date, list[Row]] = defaultdict(list)
    for move in sorted(moves, key=lambda move: (move.week, move.account, move.sku)):
        account, product = accounts[move.account], products[move.sku]
        if account.kind != "distributor" or not move.sold:
            continue
        chance = stream("flow", move.account, move.sku, move.week)
        price = (product.price * Decimal("0.86")).quantize(CENT)
        left = move.sold
        buyers = chance.sample(_buyers(account), 2 if move.sold > 45 else 1)
        for place, (buyer, tier) in enumerate(buyers):
            packs = left if place == len(buyers) - 1 else round(left * chance.uniform(0.3, 0.7))
            left -= packs
            day = min(move.week + timedelta(days=chance.randint(0, 5)), LAST_DAY)
            number = f"CK{move.week:%y%m%d}{chance.randrange(10_000):04d}"
            if packs:
                rows[day].append(
                    (
                        account.code, account.alias, f"{day:%Y%m%d}", number, move.sku,
                        product.local_name, packs, "盒", price, packs * price, buyer, tier,
                    )
                )  # fmt: skip
    return [
        DemoFile(
            name=f"flow-{name}.csv",
            dataset="flow",
            source="flow",
            content=csv_bytes(
                header,
                [row for day in sorted(rows) if first <= day <= last for row in rows[day]],
            ),
            arrived=arrival(last),
        )
        for name, first, last in PERIODS[1:]  # the year before, nobody asked for it
    ]


@cache
def _buyers(account: DemoAccount) -> list[tuple[str, int]]:
    places = {
        "GS-E": ("浦东", "虹口", "苏城", "锡城", "甬江", "西湖"),
        "GS-N": ("通惠", "津河", "燕南", "冀中", "泉城", "滨海"),
        "NL-01": ("越秀岭", "南湖", "鹏湾", "莞溪", "禅江", "珠滨"),
        "CH-01": ("锦里", "渝州", "汉中门", "滇池", "黔岭", "天府湖"),
    }[account.code]
    hospitals = [(f"{place}第一人民医院(示例)", 2) for place in places]
    pharmacies = [(f"{place}平价药房(示例)", 3) for place in places]
    return hospitals + pharmacies
