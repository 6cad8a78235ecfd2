"""The whole world in one value: people, accounts, products and all files in order of arrival."""

from __future__ import annotations

import dataclasses
from datetime import date

from keystead.doors.cli.demo.world import library, trade_feeds, trade_lists, trade_moves
from keystead.doors.cli.demo.world import trade_sales as sales
from keystead.doors.cli.demo.world.sheets import Row, csv_bytes
from keystead.doors.cli.demo.world.types import (
    LAST_DAY,
    DemoAccount,
    DemoFile,
    DemoProduct,
    Movement,
    User,
    stream,
)

PASSWORD = "keystead-demo"  # noqa: S105 - printed on purpose: the world is public
USERS = (
    User("anna", "Anna Berger", ("director",), "en"),
    User("lin", "林薇 Lin Wei", ("kam",), "zh-hans", "anna"),
    User("claire", "Claire Fontanel", ("kam",), "fr", "anna"),
    User("ming", "Ming Zhao", ("sales_ops",), "en"),
    User("paul", "Paul Okafor", ("finance",), "en"),
    User("sofia", "Sofia Marin", ("compliance",), "fr"),
    User("tom", "Tom Hale", ("marketing",), "en"),
    User("viewer", "Vera Quist", ("viewer",), "en"),
    User("admin", "Ada Stern", ("admin",), "en"),
)


@dataclasses.dataclass(frozen=True)
class World:
    """Everything that the demo is filled with."""

    users: tuple[User, ...]
    accounts: tuple[DemoAccount, ...]
    products: tuple[DemoProduct, ...]
    platform_codes: tuple[tuple[str, str, str], ...]  # source, sku, code
    files: tuple[DemoFile, ...]


def whole_world() -> World:
    """Return the world; the same seed gives the same bytes."""
    accounts = {account.code: account for account in trade_lists.accounts()}
    products = {product.sku: product for product in trade_lists.products()}
    traders = [account for account in accounts.values() if account.weight]
    moves: list[Movement] = []
    lines: list[trade_moves.InvoiceLine] = []
    for account in traders:
        found = [
            move
            for product in products.values()
            if trade_moves.sells(account, product)
            for move in trade_moves.moves_of(account, product)
        ]
        moves += [move for move in found if move.week <= LAST_DAY]
        lines += trade_moves.invoice_lines(account, products, found)
    return World(
        users=USERS,
        accounts=(*accounts.values(), *library.accounts()),
        products=(*products.values(), *library.products()),
        platform_codes=_platform_codes(traders, list(products.values())),
        files=tuple(_files(lines, moves, accounts, products)),
    )


def _files(
    lines: list[trade_moves.InvoiceLine],
    moves: list[Movement],
    accounts: dict[str, DemoAccount],
    products: dict[str, DemoProduct],
) -> list[DemoFile]:
    invoiced = trade_feeds.invoiced(lines)
    files = [
        *sales.invoices(lines, accounts, products),
        *sales.platform_workbooks("JH", "jinghe", "京禾健康 销售月报", moves, accounts, products),
        *sales.platform_workbooks("TM", "tianmai", "天麦超市 销售月报", moves, accounts, products),
        sales.restated_month("jinghe", "京禾健康 销售月报(更正)", moves, accounts, products),
        *sales.shop_exports(moves, accounts, products),
        *sales.chain_reports(moves, accounts, products),
        *sales.distributor_flow(moves, accounts, products),
        *trade_feeds.stock_sheets(moves, accounts, products),
        *trade_feeds.listings(accounts, products),
        *trade_feeds.shelf_prices(accounts, products),
        *trade_feeds.expenses(invoiced, accounts),
        *trade_feeds.targets(invoiced, accounts),
        *trade_feeds.market(trade_feeds.invoiced_by_category(lines, products), accounts, products),
        *trade_feeds.costs(lines, accounts, products),
        *library.subscriptions(),
        *library.usage(),
        *library.targets(),
        *library.expenses(),
        _open_file(list(products.values())),
    ]
    return sorted(files, key=lambda file: (file.leave_open, file.arrived, file.name))


def _platform_codes(
    traders: list[DemoAccount], products: list[DemoProduct]
) -> tuple[tuple[str, str, str], ...]:
    sources = {"JH-01": "jinghe", "TM-01": "tianmai"}
    return tuple(
        (sources[account.code], product.sku, sales.platform_code(account, product))
        for account in traders
        if account.code in sources
        for product in products
    )


def _open_file(products: list[DemoProduct]) -> DemoFile:
    """Return a file with questions: unknown codes, names almost right, an impossible date."""
    header = ("店铺编码", "店铺名称", "订单付款日期", "条形码", "商品名称", "支付件数", "支付金额")
    chance = stream("open file")
    rows: list[Row] = []
    for place, product in enumerate(products[:24]):
        day = date(2026, 11, 9 + place % 6)
        packs = chance.randint(8, 90)
        shop = ("DL-02", "逗乐大药房旗舰店") if place % 4 else ("DL-01", "逗乐大药房")
        code = "" if place % 7 == 3 else product.gtin
        name = product.local_name.replace("片", " 片装") if place % 7 == 3 else product.local_name
        written = "2026/11/31" if place == 11 else f"{day:%Y/%m/%d}"
        rows.append((*shop, written, code, name, packs, (packs * product.shelf)))
    rows.append(("DL-01", "逗乐大药房", "2026/11/12", "6900000000001", "未知商品(赠品)", 40, 0))
    return DemoFile(
        name="doule-2026-11-live.csv",
        dataset="off_take",
        source="doule",
        content=csv_bytes(header, rows),
        arrived=date(2026, 11, 18),
        mapping=sales.SHOP_COLUMNS,
        leave_open=True,
    )
