"""The publisher in France: institutions, consortia, subscriptions, usage. All invented."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from keystead.doors.cli.demo.world.sheets import Row, csv_bytes, french
from keystead.doors.cli.demo.world.trade_sales import PERIODS, arrival
from keystead.doors.cli.demo.world.types import (
    DemoAccount,
    DemoFile,
    DemoProduct,
    months,
    stream,
)

KAM = "claire"
DAY_FIRST = (("date_order", "dmy"),)
CENT = Decimal("0.01")
Deals = dict[tuple[str, str], tuple[Decimal, int]]  # (account, sku) -> yearly fee 2024, seats

_CONSORTIA = """
CALYPSE|Consortium Calypse|5
SDO|Réseau Santé-Doc Ouest|4
"""
# code | name | kind | consortium | territory | segment | size measure | size | researchers
_INSTITUTIONS = """
UVL|Université de Valmont|university|CALYPSE|Grand Est|Research|students|31200|1850
UPR|Université de Port-Rivage|university|CALYPSE|Provence|Research|students|24800|1420
UHA|Université des Hauts-Alizés|university|CALYPSE|Occitanie|Teaching|students|12900|560
EBR|École de biologie de Rochebrune|university|CALYPSE|Auvergne|Research|students|1900|310
IML|Institut Marest-Lanoë|university|CALYPSE|Île-de-France|Research|students|800|940
CHV|CHU de Valmont|hospital||Grand Est|Clinical|beds|1980|720
CHR|CHU de Port-Rivage|hospital||Provence|Clinical|beds|1540|510
CHS|CH Sainte-Aurore|hospital|SDO|Bretagne|Clinical|beds|620|90
CHK|CH de Kerlouan-Baie|hospital|SDO|Bretagne|Clinical|beds|410|45
CHN|CH du Val-Naval|hospital|SDO|Pays de la Loire|Clinical|beds|530|70
CLB|Clinique des Bruyères|hospital|SDO|Pays de la Loire|Clinical|beds|240|18
HPT|Hôpital privé du Torrent|hospital||Auvergne|Clinical|beds|360|25
UCB|Université catholique de Brenne|university||Centre|Teaching|students|8700|240
FMO|Faculté de médecine d'Orval|university||Hauts-de-France|Research|students|6400|680
"""
# sku | name | brand | category | kind | list fee for 1000 researchers or beds | usage
_RESOURCES = """
JC-LIFE|Lumen Life Sciences Collection|Lumen|Journals|collection|92000|52000
JC-CLIN|Lumen Clinical Collection|Lumen|Journals|collection|76000|41000
JC-NURS|Lumen Nursing & Care|Lumen|Journals|collection|21000|9000
J-CARD|Archives of Cardiac Practice|Lumen|Journals|journal|5200|3100
J-ONC|European Letters in Oncology|Lumen|Journals|journal|6100|3900
J-PHAR|Pharmacology Quarterly|Lumen|Journals|journal|3900|1700
DB-DRUG|Dosalis Drug Database|Dosalis|Databases|database|38000|27000
DB-EVID|Evidalis Evidence Base|Evidalis|Databases|database|44000|24000
DB-PATH|Pathalis Image Library|Pathalis|Databases|database|19000|8000
T-CDS|Clinalis Decision Support|Clinalis|Clinical tools|tool|58000|46000
T-CALC|Clinalis Calculators|Clinalis|Clinical tools|tool|9000|12000
T-EDU|Anatolis Teaching Atlas|Anatolis|Clinical tools|tool|17000|15000
"""
_LATER = (date(2025, 1, 1), date(2025, 9, 1), date(2026, 1, 1), date(2026, 9, 1))
_MONTH_SHAPE = (1.08, 1.05, 1.14, 0.98, 0.92, 0.88, 0.55, 0.42, 1.02, 1.24, 1.22, 0.9)


def _lines(text: str) -> list[list[str]]:
    return [line.split("|") for line in text.strip().splitlines()]


def accounts() -> list[DemoAccount]:
    """Return the two consortia, then the fourteen institutions."""
    found = [
        DemoAccount(
            code=code, name=name, kind="consortium", country="FR", currency="EUR",
            segment="Consortium", channel="Direct", team=(KAM,), measures=(("members", int(size)),),
        )
        for code, name, size in _lines(_CONSORTIA)
    ]  # fmt: skip
    for code, name, kind, consortium, territory, segment, size, number, staff in _lines(
        _INSTITUTIONS
    ):
        found.append(
            DemoAccount(
                code=code, name=name, kind=kind, country="FR", currency="EUR", segment=segment,
                territory=territory, channel="Direct", member_of=consortium, team=(KAM,),
                measures=((size, int(number)), ("researchers", int(staff))),
                weight=int(number) / (1000 if kind == "hospital" else 12000),
                growth=0.02,
            )
        )  # fmt: skip
    return found


def products() -> list[DemoProduct]:
    """Return the twelve resources of the publisher."""
    return [
        DemoProduct(
            sku=sku, name=name, brand=brand, category=category, kind=kind, line=kind,
            price=Decimal(fee), shelf=Decimal(fee), unit="each", weight=float(usage),
        )
        for sku, name, brand, category, kind, fee, usage in _lines(_RESOURCES)
    ]  # fmt: skip


@cache
def deals() -> Deals:
    """Return who subscribes to what: yearly fee at the start and seats."""
    found: Deals = {}
    for account in accounts():
        if not account.weight:
            continue
        for product in products():
            chance = stream("deal", account.code, product.sku)
            wants = {"hospital": "Clin Dosalis Evid Lumen", "university": "Lumen Path Anat Evid"}
            likely = 0.66 if product.brand[:4] in wants[account.kind] else 0.25
            if chance.random() < likely:
                scale = Decimal(str(round(min(max(account.weight, 0.25), 2.6), 3)))
                fee = (product.price * scale / 50).quantize(Decimal(1)) * 50
                found[account.code, product.sku] = (fee, 5 * round(4 + account.weight * 20))
    return found


def _fee(account: str, sku: str, fee: Decimal, month: date) -> Decimal:
    """Return the fee of a month: about 3% more each January; some leave, one renews for less,
    some subscribe later."""
    if month < _begin(account, sku):
        return Decimal(0)
    if (account, sku) in {("CHR", "T-CDS"), ("UHA", "JC-NURS")} and month >= date(2026, 1, 1):
        return Decimal(0)
    if account == "UPR" and sku.startswith("JC-") and month >= date(2026, 1, 1):
        fee = fee * Decimal("0.85")
    percent = stream("rise", account).uniform(0.5, 4.5) + stream("rise", sku).uniform(-1.0, 2.0)
    rise = Decimal(str(round(1 + percent / 100, 4)))
    return (fee * rise ** (month.year - 2024) / 12).quantize(CENT)


@cache
def _begin(account: str, sku: str) -> date:
    """Return the month from which the account subscribes: some smaller lines came later."""
    chance = stream("begins", account, sku)
    later = sku.startswith(("J-", "JC-NURS", "DB-PATH", "T-")) and chance.random() < 0.2
    return chance.choice(_LATER) if later else date(2023, 1, 1)


def _once(account: str, sku: str, fee: Decimal, month: date) -> Decimal:
    """Return what is sold beside the subscription: archives, seats for a ward; mostly nothing."""
    chance = stream("once", account, sku, month)
    busy = 0.06 if month.month in (3, 6, 10, 11, 12) else 0.02
    part = chance.uniform(0.3, 1.6) if fee and chance.random() < busy else 0
    return (fee * Decimal(str(round(part, 2)))).quantize(CENT)


def subscriptions() -> list[DemoFile]:
    """Return our subscription invoices, one line per contract line and month: cp1252, commas."""
    header = (
        "N° facture", "Date facture", "Code client", "Nom client", "Référence", "Désignation",
        "Quantité", "Unité", "Prix unitaire HT", "Montant HT", "Devise",
    )  # fmt: skip
    names = {account.code: account.name for account in accounts()}
    titles = {product.sku: product.name for product in products()}
    files = []
    for name, first, last in PERIODS:
        rows: list[Row] = []
        for month in months():
            if not first <= month <= last:
                continue
            for (code, sku), (start, _seats) in deals().items():
                fee = _fee(code, sku, start, month)
                if fee:
                    number = f"F{month:%y%m}-{code}"
                    rows.append(
                        (number, f"{month:%d/%m/%Y}", code, names[code], sku, titles[sku], 1,
                         "unité", french(fee), french(fee), "EUR")
                    )  # fmt: skip
                extra = _once(code, sku, fee, month)
                if extra:
                    number = f"P{month:%y%m}-{code}"
                    rows.append(
                        (number, f"{month.replace(day=9):%d/%m/%Y}", code, names[code], sku,
                         titles[sku], 1, "unité", french(extra), french(extra), "EUR")
                    )  # fmt: skip
        content = csv_bytes(header, rows, delimiter=";", encoding="cp1252")
        files.append(
            DemoFile(
                name=f"factures-abonnements-{name}.csv",
                dataset="sell_in",
                source="abonnements",
                options=DAY_FIRST,
                content=content,
                arrived=arrival(last),
            )
        )
    return files


def month_last(month: date) -> date:
    """Return the last day of a month."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def usage() -> list[DemoFile]:
    """Return usage by institution, resource and month, as off-take without a value."""
    header = ("Code établissement", "Établissement", "Référence", "Titre", "Mois", "Unités")
    names = {account.code: account.name for account in accounts()}
    weights = {account.code: account.weight for account in accounts()}
    goods = {product.sku: product for product in products()}
    files = []
    for name, first, last in PERIODS:
        rows: list[Row] = []
        for month in months(date(2023, 11, 1), date(2026, 10, 31)):
            if not first <= month <= last:
                continue
            for (code, sku), (start, _seats) in deals().items():
                if not _fee(code, sku, start, month):
                    continue
                chance = stream("usage", code, sku, month)
                trend = 1 + 0.06 * (month.year - 2024) * (-1 if sku in ("J-PHAR", "DB-PATH") else 1)
                shape = _MONTH_SHAPE[month.month - 1]
                number = goods[sku].weight / 12 * weights[code] * shape * trend
                number *= chance.uniform(0.88, 1.12)
                counted = f"{month_last(month):%d/%m/%Y}"
                rows.append((code, names[code], sku, goods[sku].name, counted, round(number)))
        if rows:
            files.append(
                DemoFile(
                    name=f"usage-{name}.csv",
                    dataset="off_take",
                    source="usage",
                    content=csv_bytes(header, rows, delimiter=";", encoding="utf-8"),
                    arrived=arrival(last),
                    options=DAY_FIRST,
                    constants=(("value", "0"), ("currency", "EUR"), ("unit", "each")),
                )
            )
    return files


def targets() -> list[DemoFile]:
    """Return yearly revenue targets by institution and month."""
    header = ("Code client", "Nom client", "Mois", "Indicateur", "Objectif", "Devise")
    names = {account.code: account.name for account in accounts()}
    files = []
    for year in (2024, 2025, 2026):
        rows: list[Row] = []
        for code, name in names.items():
            hope = Decimal(str(round(stream("t", code, year).uniform(0.98, 1.09), 4)))
            before = date(year - 1, 12, 1) if year > 2024 else date(2024, 1, 1)
            goal = hope * sum(
                _fee(owner, sku, fee, before) * Decimal("1.03")
                for (owner, sku), (fee, _) in deals().items()
                if owner == code
            )
            for month in range(1, 13):
                if goal:
                    rows.append(
                        (code, name, f"01/{month:02d}/{year}", "sell_in",
                         french(Decimal(goal).quantize(Decimal(1))), "EUR")
                    )  # fmt: skip
        files.append(
            DemoFile(
                name=f"objectifs-{year}.csv",
                dataset="target",
                source="objectifs",
                options=DAY_FIRST,
                content=csv_bytes(header, rows, delimiter=";", encoding="cp1252"),
                arrived=date(year, 1, 15),
            )
        )
    return files


# What is spent on an account, as a part of a month's fees.
_NATURES = (
    ("Formations", Decimal("0.022"), (2, 3, 9, 10)),
    ("Accès d'essai", Decimal("0.016"), tuple(range(1, 13))),
    ("Congrès", Decimal("0.035"), (5, 6, 11)),
    ("Remises consortium", Decimal("0.038"), tuple(range(1, 13))),
)
_STATUSES = (("Prévu", Decimal(1)), ("Engagé", Decimal("0.97")), ("Réalisé", Decimal("0.94")))


def expenses() -> list[DemoFile]:
    """Return money planned, committed and spent by institution and month: cp1252, commas."""
    header = (
        "Code client", "Nom client", "Date", "Nature de dépense", "Statut", "Montant", "Devise",
        "N° pièce",
    )  # fmt: skip
    files = []
    for name, first, last in PERIODS:
        rows: list[Row] = []
        for month in months():
            if first <= month <= last:
                rows += _spent_in(month)
        files.append(
            DemoFile(
                name=f"depenses-{name}.csv",
                dataset="expense",
                source="depenses",
                options=DAY_FIRST,
                content=csv_bytes(header, rows, delimiter=";", encoding="cp1252"),
                arrived=arrival(last),
            )
        )
    return files


def _spent_in(month: date) -> list[Row]:
    rows: list[Row] = []
    for account in accounts():
        paid = sum(
            (_fee(code, sku, fee, month) for (code, sku), (fee, _) in deals().items()
             if code == account.code),
            Decimal(0),
        )  # fmt: skip
        for place, (nature, rate, when) in enumerate(_NATURES):
            mine = nature != "Remises consortium" or account.member_of
            if not paid or month.month not in when or not mine:
                continue
            for status, factor in _STATUSES:
                if status == "Réalisé" and month > date(2026, 10, 1):
                    continue
                chance = stream("spent", account.code, month, nature, status)
                part = Decimal(str(round(chance.uniform(0.7, 1.4), 3)))
                rows.append(
                    (account.code, account.name, f"12/{month:%m/%Y}", nature, status,
                     french((paid * rate * factor * part).quantize(CENT)), "EUR",
                     f"D{month:%y%m}-{account.code}-{place}{status[0]}")
                )  # fmt: skip
    return rows
