"""Pure evaluation of compliance rules over the facts of an object."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from keystead.governance.types.compliance import ComplianceRule, Hit, Level
from keystead.kernel.errors import Invalid

_ORDER = {level: place for place, level in enumerate(Level)}
OPERATORS = ("is", "is_not", "gt", "gte", "lt", "lte", "in", "missing")


def check(
    rules: Iterable[ComplianceRule],
    context: str,
    facts: Mapping[str, Any],
    *,
    on: date,
    jurisdictions: frozenset[str] = frozenset(),
) -> tuple[Hit, ...]:
    """Return the hits of the rules of a context, strictest first.

    ``jurisdictions``: those of the object (``CN``, ``FR``, ``EU``...); rules of ``*`` always
    count. A field that is not among the facts triggers only ``missing``.
    """
    hits = []
    for rule in rules:
        if rule.context != context or not _in_force(rule, on, jurisdictions):
            continue
        evidence = _evaluate(rule.trigger, facts)
        if evidence is not None:
            message = _filled(rule.message, {**facts, **evidence})
            hits.append(Hit(rule.id, rule.level, message, evidence))
    return tuple(sorted(hits, key=lambda hit: (_ORDER[hit.level], hit.rule_id)))


def validate(trigger: Mapping[str, Any]) -> None:
    """Raise Invalid where a condition is not of the form the engine knows."""
    for joint in ("all", "any"):
        if joint in trigger:
            if not trigger[joint]:
                raise Invalid(f"“{joint}” needs at least one condition.")
            for part in trigger[joint]:
                validate(part)
            return
    if not trigger.get("field"):
        raise Invalid("A condition names its field.")
    if "phrases" in trigger:
        if not all(isinstance(phrase, str) and phrase.strip() for phrase in trigger["phrases"]):
            raise Invalid("Phrases are texts that are not empty.")
        return
    if trigger.get("op") not in OPERATORS:
        raise Invalid(
            f"“{trigger.get('op')}” is no operator.", hint=f"Use one of {', '.join(OPERATORS)}."
        )
    if trigger["op"] != "missing" and "value" not in trigger:
        raise Invalid("A condition names the value to compare with.")


def fold(text: str) -> str:
    """Return text as phrases are looked for in it: full-width folded, accents off, lower case.

    >>> fold("Prix  Minimum ＡＢＣ é")
    'prix minimum abc e'
    """
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(kept.split())


def _in_force(rule: ComplianceRule, on: date, jurisdictions: frozenset[str]) -> bool:
    if rule.jurisdiction != "*" and rule.jurisdiction not in jurisdictions:
        return False
    started = rule.valid_from is None or rule.valid_from <= on
    return started and (rule.valid_until is None or on < rule.valid_until)


def _evaluate(trigger: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any] | None:
    if "all" in trigger:
        merged: dict[str, Any] = {}
        for part in trigger["all"]:
            found = _evaluate(part, facts)
            if found is None:
                return None
            merged |= found
        return merged
    if "any" in trigger:
        for part in trigger["any"]:
            found = _evaluate(part, facts)
            if found is not None:
                return found
        return None
    return _single(trigger, facts)


def _single(trigger: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any] | None:
    field = trigger["field"]
    value = facts.get(field)
    if "phrases" in trigger:
        text = fold(str(value or ""))
        phrase = next((item for item in trigger["phrases"] if fold(item) in text), None)
        return {"phrase": phrase, "field": field} if phrase else None
    if trigger["op"] == "missing":
        return {field: None} if value in (None, "", [], ()) else None
    if value is None or not _compare(trigger["op"], value, trigger["value"]):
        return None
    return {field: value}


def _compare(operator: str, value: Any, other: Any) -> bool:
    match operator:
        case "is":
            return bool(value == other)
        case "is_not":
            return bool(value != other)
        case "in":
            return bool(value in other)
    left, right = Decimal(str(value)), Decimal(str(other))
    return {
        "gt": left > right,
        "gte": left >= right,
        "lt": left < right,
        "lte": left <= right,
    }[operator]


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


def _filled(message: str, facts: Mapping[str, Any]) -> str:
    return message.format_map(_Blank(facts))
