"""From what a condition says to what the form shows, and back."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from keystead.agreements.forms.selections import FIELDS, Names, accounts_in
from keystead.agreements.forms.shapes import FOCUS
from keystead.agreements.types import (
    AgreementVersion,
    Anchor,
    Baseline,
    Boundary,
    Cap,
    Condition,
    DiscountBase,
    Every,
    Example,
    Family,
    Floor,
    FreeGoods,
    Gate,
    GateEffect,
    GateKind,
    Measure,
    Method,
    NegativePolicy,
    Partial,
    PriceProtection,
    RateKind,
    Scope,
    Selection,
    Service,
    StackMode,
    Target,
    Tier,
    Timing,
    TransactionPoint,
)
from keystead.agreements.types.parts import EVERYTHING
from keystead.kernel.ids import slug

Given = Mapping[str, Any]
GROWTH: Final = (Measure.GROWTH_PCT, Measure.GROWTH_VALUE)
TAKEN_PATHS: Final = frozenset({"new", "preview", "shape"})
_PLAIN: Final = (
    "label", "note", "tier_metric", "tier_uom", "benefit_metric", "benefit_uom", "payment_terms",
    "stack_group", "gl_code", "fund", "payee", "reset", "returns_count", "paid_only",
    "benefit_on_focus", "sequence", "priority", "payout_lag_days", "grace_days", "baseline",
)  # fmt: skip
_WORDS: Final = {
    "family": Family, "timing": Timing, "tier_measure": Measure, "tier_period": Every,
    "anchor": Anchor, "rate_kind": RateKind, "benefit_measure": Measure, "method": Method,
    "boundary": Boundary, "transaction_point": TransactionPoint,
    "negative_policy": NegativePolicy, "discount_base": DiscountBase, "stack_mode": StackMode,
}  # fmt: skip


def condition_of(data: Given, stored: Condition | None, taken: set[str]) -> Condition:
    """Return the condition behind checked data; ``taken`` are the keys there are already."""
    key = stored.key if stored else free_key(data["label"], taken)
    found: dict[str, Any] = {name: data.get(name) for name in _PLAIN}
    for name in ("sequence", "payout_lag_days", "grace_days"):
        found[name] = found[name] or 0
    found |= {name: kind(data[name]) for name, kind in _WORDS.items() if data.get(name)}
    grows = {found["tier_measure"], found["benefit_measure"]} & set(GROWTH)
    found["baseline"] = (found["baseline"] or key) if grows else ""
    found["currency"] = (data.get("currency") or "").upper()
    return Condition(
        key=key,
        scope=scope_of(data),
        focus=_focus(data),
        settle_every=Every(data["settle_every"]) if data.get("settle_every") else None,
        tiers=_tiers(data),
        targets=tuple(target_of(row, stored.targets if stored else ()) for row in data["targets"]),
        gates=tuple(gate_of(row) for row in data["gates"]),
        examples=tuple(_example(row) for row in data["examples"]),
        free_goods=_goods(data),
        price_protection=_protection(data),
        service=_service(data),
        cap=cap_of(data),
        floor=_floor(data),
        valid=data["valid"],
        reduce_by=tuple(data["reduce_by"]),
        **found,
    )


def baseline_of(data: Given, condition: Condition, currency: str) -> Baseline | None:
    """Return the baseline that was typed with a condition, or None where it is read at signing."""
    if not condition.baseline or data.get("baseline_source") != "typed":
        return None
    measure = Measure(data.get("baseline_measure") or "net_value")
    money = measure is not Measure.QUANTITY
    return Baseline(
        condition.baseline, measure, data["baseline_months"], currency=currency if money else "",
        source="typed",
    )  # fmt: skip


def initial_of(stored: Condition | None, version: AgreementVersion, names: Names) -> dict[str, Any]:
    """Return what the form shows of a stored condition; nothing for a new one."""
    if stored is None:
        return {}
    found: dict[str, Any] = {name: getattr(stored, name) for name in _PLAIN}
    found |= {name: getattr(stored, name).value for name in _WORDS}
    found["settle_every"] = stored.settle_every.value if stored.settle_every else ""
    found["currency"], found["reduce_by"] = stored.currency, list(stored.reduce_by)
    for prefix, chosen in (("in_", stored.scope.include), ("out_", stored.scope.exclude)):
        found |= {f"{prefix}{one}": names.told(one, getattr(chosen, one)) for one in FIELDS}
    focus = stored.focus.include if stored.focus else Selection()
    for name in FOCUS:
        field = name.removeprefix("focus_")
        found[name] = names.told(field, getattr(focus, field))
    found |= _parts_shown(stored, names)
    found |= rows_shown(
        names, tiers=stored.tiers, targets=stored.targets, gates=stored.gates,
        examples=stored.examples,
    )  # fmt: skip
    base = version.baseline(stored.baseline) if stored.baseline else None
    found["baseline_source"] = "typed" if base else "read"
    if base is not None:
        found |= {"baseline_months": base.months, "baseline_measure": base.measure.value}
    return {name: value for name, value in found.items() if value is not None}


def free_key(label: str, taken: set[str]) -> str:
    """Return a key that is not taken, made from a name."""
    base = slug(label)[:30] or "condition"
    base = base if base[0].isalpha() else f"c-{base}"
    place, key = 1, base
    while key in taken | TAKEN_PATHS:
        place += 1
        key = f"{base}-{place}"
    return key


def _parts_shown(stored: Condition, names: Names) -> dict[str, Any]:
    found: dict[str, Any] = {"ramp": any(tier.valid for tier in stored.tiers)}
    for first, last, span in (
        ("valid_from", "valid_to", stored.valid),
        ("due_from", "due_to", stored.service.due if stored.service else None),
    ):
        if span is not None:
            found |= {first: span.start, last: span.last}
    if stored.cap is not None:
        found |= {"cap_amount": stored.cap.amount, "cap_pct": stored.cap.pct_of_base}
    if stored.floor is not None:
        found |= {"floor_amount": stored.floor.amount, "floor_cumulative": stored.floor.cumulative}
    if stored.free_goods is not None:
        goods = stored.free_goods
        found |= {"free": goods.free, "per": goods.per, "partial": goods.partial.value}
        found["goods_product"] = names.told("products", (goods.product,)) if goods.product else ""
    if stored.price_protection is not None:
        found |= dataclasses.asdict(stored.price_protection)
    if stored.service is not None:
        for name in ("deliverable", "proof", "fair_value_note"):
            found[name] = getattr(stored.service, name)
    return found


def held_by(rows: Iterable[Target | Gate]) -> tuple[int, ...]:
    """Return the accounts behind the lines of targets or gates."""
    return accounts_in(one.scope if isinstance(one, Target) else one.focus for one in rows)


def rows_shown(
    names: Names,
    *,
    tiers: tuple[Tier, ...] = (),
    targets: tuple[Target, ...] = (),
    gates: tuple[Gate, ...] = (),
    examples: tuple[Example, ...] = (),
) -> dict[str, Any]:
    """Return what the rows of a form show."""
    found: dict[str, Any] = {}

    def keep(group: str, place: int, **cells: Any) -> None:
        found.update({f"{group}-{place}-{name}": value for name, value in cells.items()})

    for place, tier in enumerate(tiers, 1):
        keep("tiers", place, lower=tier.lower, rate=tier.rate, valid=tier.valid)
    for place, one in enumerate(targets, 1):
        only = names.line(one.scope.include, held_by(targets)) if one.scope else ""
        keep("targets", place, key=one.key, measure=one.measure.value, value=one.value,
             metric=one.metric, period=one.period, only=only)  # fmt: skip
    for place, gate in enumerate(gates, 1):
        scaled = gate.scale_pct if gate.effect is GateEffect.SCALE else None
        focus = names.line(gate.focus.include, held_by(gates)) if gate.focus else ""
        keep("gates", place, name=gate.name, kind=gate.kind.value, at_least=gate.at_least,
             scale_pct=scaled, focus=focus)  # fmt: skip
    for place, example in enumerate(examples, 1):
        keep("examples", place, **dataclasses.asdict(example))
    return found


def _selection(data: Given, prefix: str) -> Selection:
    return Selection(**{one: tuple(data.get(f"{prefix}{one}") or ()) for one in FIELDS})


def scope_of(data: Given) -> Scope:
    """Return which sales were typed as those that count."""
    found = Scope(_selection(data, "in_"), _selection(data, "out_"))
    return EVERYTHING if found == EVERYTHING else found


def _focus(data: Given) -> Scope | None:
    found = _selection(data, "focus_")
    return None if found.is_empty else Scope(found)


def _tiers(data: Given) -> tuple[Tier, ...]:
    rows = [row for row in data["tiers"] if None not in (row["lower"], row["rate"])]
    return tuple(Tier(row["lower"], row["rate"], row["valid"]) for row in rows)


def target_of(row: Given, held: tuple[Target, ...]) -> Target:
    """Return a target from its row; what the row does not show stays as it was held."""
    before = next((one for one in held if one.key == row["key"]), None)
    base = before or Target(row["key"], Measure.NET_VALUE, Decimal(0))
    return dataclasses.replace(
        base,
        measure=Measure(row["measure"] or "net_value"),
        value=row["value"] if row["value"] is not None else Decimal(0),
        metric=row["metric"] or "",
        period=row["period"],
        scope=row["only"],
    )


def gate_of(row: Given) -> Gate:
    """Return a gate from its row."""
    scaled = row["scale_pct"] is not None
    return Gate(
        name=row["name"],
        kind=GateKind(row["kind"] or "flag"),
        at_least=row["at_least"],
        effect=GateEffect.SCALE if scaled else GateEffect.STOP,
        scale_pct=row["scale_pct"] if scaled else Decimal(0),
        focus=row["focus"],
    )


def _example(row: Given) -> Example:
    zero = Decimal(0)
    told = {name: row[name] for name in ("benefit_measure", "baseline", "focus_measure")}
    return Example(
        row["name"] or "",
        row["tier_measure"] if row["tier_measure"] is not None else zero,
        row["expected"] if row["expected"] is not None else zero,
        targets_reached=row["targets_reached"],
        **told,
    )


def _goods(data: Given) -> FreeGoods | None:
    free, per = data.get("free"), data.get("per")
    if free is None and per is None:
        return None
    part = Partial(data.get("partial") or "floor")
    return FreeGoods(free or Decimal(0), per or Decimal(0), part, data.get("goods_product"))


def _protection(data: Given) -> PriceProtection | None:
    if data["family"] != Family.PRICE_PROTECTION.value:
        return None
    plain = PriceProtection()
    return PriceProtection(
        bool(data.get("include_in_transit")),
        data.get("cap_days_of_stock"),
        data.get("report_days") or plain.report_days,
        data.get("sell_in_days"),
        bool(data.get("less_off_take")),
        data.get("off_take_days") or plain.off_take_days,
    )


def _service(data: Given) -> Service | None:
    told = {name: data.get(name) or "" for name in ("deliverable", "proof", "fair_value_note")}
    if not any(told.values()) and data["due"] is None:
        return None
    return Service(**told, due=data["due"])


def cap_of(data: Given) -> Cap | None:
    """Return the cap that was typed."""
    amount, share = data.get("cap_amount"), data.get("cap_pct")
    return None if amount is None and share is None else Cap(amount, share)


def _floor(data: Given) -> Floor | None:
    amount = data.get("floor_amount")
    return None if amount is None else Floor(amount, bool(data.get("floor_cumulative")))
