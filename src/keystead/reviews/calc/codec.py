"""Material as JSON and back: what is stored at a freeze, and opened a year later."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from keystead.kernel.errors import SourceProblem
from keystead.kernel.periods import Period
from keystead.reviews.types.cycle import ReviewKind
from keystead.reviews.types.material import Fact, Material, Record

FORM: Final = 1  # raised when the form changes; older ones stay readable here


def plain_material(material: Material) -> dict[str, Any]:
    """Return the material as plain JSON values; amounts are text, so that none is rounded."""
    return {
        "form": FORM,
        "account": [material.account_id, material.account_code, material.account_name,
                    material.account_kind],
        "kind": material.kind.value,
        "period": _span(material.period), "before": _span(material.before),
        "year": _span(material.year), "currency": material.currency,
        "commit": material.commit, "frozen_at": material.frozen_at.isoformat(),
        "until": material.until.isoformat() if material.until else None,
        "facts": {name: _plain_fact(one) for name, one in material.facts.items()},
        "lists": {
            name: [_plain_record(one) for one in records]
            for name, records in material.lists.items()
        },
        "metrics": [list(one) for one in material.metrics],
    }  # fmt: skip


def material_of(stored: Mapping[str, Any]) -> Material:
    """Return the material that was stored; raises SourceProblem for a form nobody knows.

    The opposite of ``plain_material``.
    """
    if stored.get("form") != FORM:
        raise SourceProblem("This version was frozen in a form that is not known.", code="form")
    account_id, code, name, kind = stored["account"]
    return Material(
        account_id=int(account_id), account_code=code, account_name=name, account_kind=kind,
        kind=ReviewKind(stored["kind"]), period=_period(stored["period"]),
        before=_period(stored["before"]), year=_period(stored["year"]),
        currency=stored["currency"], commit=int(stored["commit"]),
        frozen_at=datetime.fromisoformat(stored["frozen_at"]),
        until=date.fromisoformat(stored["until"]) if stored["until"] else None,
        facts={name: _fact(one) for name, one in stored["facts"].items()},
        lists={
            name: tuple(_record(one) for one in records)
            for name, records in stored["lists"].items()
        },
        metrics=tuple((str(name), int(version)) for name, version in stored["metrics"]),
    )  # fmt: skip


def digest(*stored: Any) -> str:
    """Return the hash of stored values, however a database orders their keys.

    >>> digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    True
    """
    text = json.dumps(stored, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def with_proofs(material: Material, name: Callable[[str], str]) -> Material:
    """Return the material with an id for each figure that has none: ``name`` makes it of the key.

    The key of a figure is its name, or ``list.line.name``.
    """

    def proved(fact: Fact, key: str) -> Fact:
        if fact.value is None or fact.proof:
            return fact
        return dataclasses.replace(fact, proof=name(key))

    lists = {
        title: tuple(
            dataclasses.replace(
                one,
                facts={
                    told: proved(fact, f"{title}.{one.key}.{told}")
                    for told, fact in one.facts.items()
                },
            )
            for one in records
        )
        for title, records in material.lists.items()
    }
    facts = {told: proved(fact, told) for told, fact in material.facts.items()}
    return dataclasses.replace(material, facts=facts, lists=lists)


def fact_at(material: Material, key: str) -> tuple[Fact, Record | None] | None:
    """Return the figure of a key with its line; None where there is none."""
    if "." not in key:
        found = material.facts.get(key)
        return (found, None) if found is not None else None
    title, _dot, rest = key.partition(".")
    line, _dot, told = rest.rpartition(".")
    for one in material.records(title):
        if one.key == line and told in one.facts:
            return one.facts[told], one
    return None


def _span(period: Period) -> list[str]:
    return [period.start.isoformat(), period.end.isoformat()]


def _period(stored: list[str]) -> Period:
    return Period(date.fromisoformat(stored[0]), date.fromisoformat(stored[1]))


def _plain_fact(one: Fact) -> dict[str, Any]:
    told = {"v": None if one.value is None else str(one.value), "u": one.unit}
    more = {"m": one.measure, "p": one.proof, "g": one.good}
    return told | {key: text for key, text in more.items() if text}


def _fact(stored: Mapping[str, Any]) -> Fact:
    value = stored["v"]
    return Fact(
        None if value is None else Decimal(value), stored["u"], stored.get("m", ""),
        stored.get("p", ""), stored.get("g", ""),
    )  # fmt: skip


def _plain_record(one: Record) -> dict[str, Any]:
    return {
        "key": one.key, "words": dict(one.words), "needs": one.needs,
        "facts": {name: _plain_fact(fact) for name, fact in one.facts.items()},
        "days": {name: day.isoformat() for name, day in one.days.items()},
    }  # fmt: skip


def _record(stored: Mapping[str, Any]) -> Record:
    return Record(
        key=stored["key"], words=dict(stored["words"]), needs=stored["needs"],
        facts={name: _fact(one) for name, one in stored["facts"].items()},
        days={name: date.fromisoformat(day) for name, day in stored["days"].items()},
    )  # fmt: skip
