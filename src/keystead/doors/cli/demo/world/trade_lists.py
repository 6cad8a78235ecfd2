"""The maker in Shanghai: its accounts, its products, its people. All invented."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

from keystead.doors.cli.demo.world.types import DemoAccount, DemoProduct, gtin13

DATA = Path(__file__).resolve().parent / "data"
KAM, SECOND = "lin", "viewer"

_GROUPS = """
G-JH|Jinghe Group 京禾集团|group
G-TM|Tianmai Group 天麦集团|group
G-BJT|Baijiatang Pharma Group 百嘉堂医药集团|group
G-GS|Guosheng Pharma Group 国晟医药集团|group
"""


def _table(name: str) -> list[dict[str, str]]:
    text = (DATA / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines(), delimiter="|"))


def accounts() -> list[DemoAccount]:
    """Return the groups, then the eighteen accounts that trade."""
    groups = [
        DemoAccount(code=code, name=name, kind=kind, country="CN", currency="CNY", team=(KAM,))
        for code, name, kind in (line.split("|") for line in _GROUPS.strip().splitlines())
    ]
    return groups + [_account(row) for row in _table("trade_accounts.csv")]


def _account(row: dict[str, str]) -> DemoAccount:
    outlets = int(row["outlets"])
    return DemoAccount(
        code=row["code"],
        name=row["name"],
        kind=row["kind"],
        country="CN",
        currency="CNY",
        segment=row["segment"],
        territory=row["territory"],
        channel=row["channel"],
        parent=row["parent"],
        alias=row["alias"],
        team=(KAM, SECOND) if row["code"] in ("JH-01", "TM-01", "BJT-SH") else (KAM,),
        outlets=outlets,
        measures=(("outlets", outlets),) if outlets else (),
        weight=float(row["weight"]),
        growth=float(row["growth"]),
        ranges=tuple(row["ranges"].split()),
        discount_pct=int(row["discount"]),
    )


def products() -> list[DemoProduct]:
    """Return the forty products of the maker."""
    return [
        DemoProduct(
            sku=row["sku"],
            name=row["name"],
            local_name=row["local_name"],
            brand=row["brand"],
            category=row["category"],
            kind=row["kind"],
            line=row["line"],
            atc=row["atc"],
            gtin=gtin13(number),
            price=Decimal(row["price"]),
            shelf=Decimal(row["shelf"]),
            case=int(row["case"]),
            weight=float(row["weight"]),
            season=row["season"],
        )
        for number, row in enumerate(_table("trade_products.csv"), 1)
    ]
