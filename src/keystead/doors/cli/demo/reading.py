"""What the customers of the publisher read (COUNTER, one year), and what it is worth to them."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from keystead.accounts.queries import account_by_code
from keystead.connectors.counter.calc.kbart import write_kbart
from keystead.connectors.counter.services.loading import load
from keystead.connectors.counter.services.titles import ListEntry, load_titles
from keystead.doors.cli.demo.talks import CODE, TITLES, WHO
from keystead.doors.cli.demo.world.library import accounts
from keystead.doors.cli.demo.world.types import months, stream
from keystead.kit.access import Actor, local_actor
from keystead.negotiation import services
from keystead.negotiation.types.value import Article, Factor, LineKind, ValueLine

OPS = "ming"
FIRST, LAST = date(2025, 11, 1), date(2026, 10, 31)
D = Decimal
SHAPE = (1.08, 1.05, 1.14, 0.98, 0.92, 0.88, 0.55, 0.42, 1.02, 1.24, 1.22, 0.9)
NOT_LICENSED = ("Bulletin of Rare Diseases", "Cell Signals Review")  # by the teaching institutions
# Kind, name, driver, inputs, source, owner, who confirmed it.
LINES = (
    (LineKind.REFERENCE, "Achat titre par titre", "Les 12 titres les plus lus, à leur prix seul",
     (("prix des titres", "78500", "74000", "83000", "EUR"),), "tarifs publics 2026",
     "Claire Fontanel", "M. Aubrac, directeur"),
    (LineKind.PLUS, "Temps gagné par les lecteurs", "Texte ouvert sans demander un prêt",
     (("demandes uniques", "=unique_requests", "", "", ""), ("part sans autre accès", "0.06",
      "0.04", "0.08", ""), ("heures", "0.2", "0.1", "0.25", "h"), ("coût horaire", "31", "28", "36",
      "EUR")), "usage COUNTER ; enquête des bibliothèques 2025", "Claire Fontanel", ""),
    (LineKind.PLUS, "Prêts entre bibliothèques évités", "Ce que coûterait chaque prêt",
     (("prêts", "1450", "1100", "1700", ""), ("coût d’un prêt", "12.5", "11", "14", "EUR")),
     "service du prêt, Valmont", "Claire Fontanel", "Mme Lhermet, service du prêt"),
    (LineKind.MINUS, "Formation à la plateforme", "Une demi-journée par établissement",
     (("établissements", "5", "", "", ""), ("coût d’une session", "900", "700", "1100", "EUR")),
     "devis", "Claire Fontanel", ""),
)  # fmt: skip


def fill_reading(say: Callable[[str], None]) -> None:
    """Load the reports of all institutions, then write the value story of the consortium."""
    ops = local_actor(OPS)
    counted = 0
    for one in accounts():
        if one.weight:
            counted += _load(
                ops, one.code, one.name, one.weight, teaching=one.segment == "Teaching"
            )
    actor = local_actor(WHO)
    group = account_by_code(actor, CODE)
    _open(ops, group.id)
    version: int | None = None
    for kind, name, driver, inputs, source, owner, agreed in LINES:
        line = ValueLine(
            "", kind, name, tuple(_factor(*parts) for parts in inputs), driver, source, owner
        )
        of = services.Of(account_id=group.id, expected_version=version)
        made = services.save_value_line(actor=actor, of=of, line=line)
        version = made.version
        if agreed:
            made = services.confirm_value_line(
                actor=actor, of=services.Of(account_id=group.id, expected_version=version),
                key=made.lines[-1].key, who=agreed, on=date(2026, 10, 6),
                evidence="compte rendu du 6 octobre 2026",
            )  # fmt: skip
            version = made.version
    articles = tuple(
        Article(f"10.5555/calypse.{at:03}", year, D(fee), "hybride")
        for year, fee, span in ((2025, "2350", range(38)), (2026, "2420", range(35, 79)))
        for at in span
    )
    services.set_articles(
        actor=actor, of=services.Of(account_id=group.id, expected_version=version),
        articles=articles, read_fees={2025: D(1_465_000), 2026: D(1_480_000)},
    )  # fmt: skip
    say(f"usage of {counted} months, a value story")


def _open(ops: Actor, account_id: int) -> None:
    """Load what the consortium may read: two packages, with titles that nobody opened."""
    for package, places, more in (
        ("Lumen Clinical", (0, 1, 3, 6, 7, 11), ("Lumen Dentistry Letters",)),
        ("Lumen Life Sciences", (1, 2, 4, 5, 8), ("Archives of Comparative Botany",)),
    ):
        rows = [_listed(TITLES[at][0], at) for at in places]
        rows += [_listed(name, len(TITLES) + at) for at, name in enumerate(more)]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"Lumen_{package.replace(' ', '')}_2025-11-01.txt"
            path.write_text(write_kbart(rows), encoding="utf-8")
            load_titles(actor=ops, path=path, entry=ListEntry(
                account_id=account_id, package=package, provider="Lumen Press",
                as_of=FIRST, starts=FIRST,
            ))  # fmt: skip


def _listed(title: str, at: int) -> dict[str, str]:
    return {
        "publication_title": title, "online_identifier": issn(at), "title_id": f"J{at:02}",
        "date_first_issue_online": "2004-01", "coverage_depth": "fulltext",
        "publication_type": "serial", "access_type": "P", "publisher_name": "Lumen Press",
    }  # fmt: skip


def _factor(name: str, value: str, low: str, high: str, unit: str) -> Factor:
    if value.startswith("="):
        return Factor(name, D(1), metric=value[1:], unit=unit)
    return Factor(name, D(value), D(low) if low else None, D(high) if high else None, unit)


def _load(ops: Actor, code: str, name: str, weight: float, *, teaching: bool) -> int:
    spans = months(FIRST, LAST)
    items = [
        _item(code, at, row, weight, teaching=teaching, spans=spans)
        for at, row in enumerate(TITLES)
    ]  # fmt: skip
    report = {
        "Report_Header": {
            "Release": "5.1", "Report_ID": "TR", "Report_Name": "Title Report",
            "Created": "2026-11-09T06:00:00Z", "Created_By": "Lumen Press",
            "Institution_ID": {"Proprietary": [f"Lumen:{code}"]}, "Institution_Name": name,
            "Registry_Record": "https://registry.countermetrics.org/platform/00000000-0000-4000-"
            "8000-000000000001",
            "Report_Attributes": {"Attributes_To_Show": ["YOP", "Access_Type", "Access_Method"]},
            "Report_Filters": {"Begin_Date": f"{FIRST:%Y-%m-%d}", "End_Date": f"{LAST:%Y-%m-%d}"},
        },
        "Report_Items": items,
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"TR-{code}.json"
        path.write_text(json.dumps(report, separators=(",", ":")), encoding="utf-8")
        found = load(actor=ops, path=path, account=code, post=True)
    return len(found.months)


def _item(
    code: str, at: int, row: tuple[Any, ...], weight: float, *, teaching: bool, spans: list[date]
) -> dict[str, Any]:  # fmt: skip
    title, _price, downloads, _cited, _wrote, free, old = row
    parts = {("Controlled", "2026"): 100 - free - old, ("Controlled", "2024"): old,
             ("Open", "2026"): free}  # fmt: skip
    chance = stream("reading", code, title)
    size = downloads / 120 * weight * chance.uniform(0.7, 1.3)
    performances = []
    for (access, year), share in parts.items():
        denied = teaching and access == "Controlled" and title in NOT_LICENSED
        counts: dict[str, dict[str, int]] = {}
        for month in spans:
            uses = round(
                size * share / 100 * SHAPE[month.month - 1] * chance.uniform(0.9, 1.1) * 10
            )
            key = f"{month:%Y-%m}"
            if denied:
                if year == "2026" and uses:
                    counts.setdefault("No_License", {})[key] = uses
                continue
            if uses:
                for metric, count in (
                    ("Total_Item_Investigations", round(uses * 1.9)),
                    ("Unique_Item_Investigations", round(uses * 1.5)),
                    ("Total_Item_Requests", round(uses * 1.2)), ("Unique_Item_Requests", uses),
                ):  # fmt: skip
                    counts.setdefault(metric, {})[key] = count
        if counts:
            performances.append({"Data_Type": "Journal", "YOP": year, "Access_Type": access,
                                 "Access_Method": "Regular", "Performance": counts})  # fmt: skip
    return {
        "Title": title, "Publisher": "Lumen Press", "Platform": "Lumen Online",
        "Item_ID": {"Online_ISSN": issn(at), "Proprietary": f"Lumen:J{at:02}"},
        "Attribute_Performance": performances,
    }  # fmt: skip


def issn(at: int) -> str:
    """Return an ISSN of the invented publisher, with its check digit.

    >>> issn(0)
    '2999-1005'
    """
    digits = f"2999{100 + at:03}"
    rest = -sum(int(one) * (8 - place) for place, one in enumerate(digits)) % 11
    return f"{digits[:4]}-{digits[4:]}{'X' if rest == 10 else rest}"
