"""Do the conditions of a version go together: names, currency, order, what reduces what?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from keystead.agreements.calc.evaluate import is_earned
from keystead.agreements.calc.invoice import discounts_of
from keystead.agreements.calc.prices import specificity
from keystead.agreements.calc.stacking import group_of, in_order
from keystead.agreements.rules.marking import gettext_noop as _
from keystead.agreements.types import (
    MONTHS_IN,
    AgreementVersion,
    Condition,
    Every,
    Finding,
)
from keystead.kernel.errors import Invalid

SENTENCES: Final = {
    "equal_rank": _("Two conditions have equal rank: give one of them a priority."),
    "reduction_cycle": _("Conditions reduce each other in a circle."),
    "reduction_unknown": _("It is reduced by a condition that does not exist."),
}


def version_findings(version: AgreementVersion) -> Iterator[Finding]:
    """Yield what is wrong between the conditions of a version."""
    if not version.conditions and not version.prices:
        yield Finding("empty", _("There are no conditions."), field="conditions")
    yield from _names(version)
    yield from _currency(version)
    yield from _groups(version)
    yield from _reductions(version)
    yield from _order(version)
    yield from _prices(version)


def _names(version: AgreementVersion) -> Iterator[Finding]:
    for key, count in Counter(found.key for found in version.conditions).items():
        if not key.strip():
            yield Finding("key_missing", _("A condition has no name."), field="key")
        elif count > 1:
            yield Finding(
                "key_twice", _("Two conditions share the name {key}."), condition=key, field="key",
                values={"key": key},
            )  # fmt: skip


def _currency(version: AgreementVersion) -> Iterator[Finding]:
    sentence = _("{other} does not fit an agreement in {currency}.")
    held = [(found.key, "currency", found.currency) for found in version.conditions]
    held += [(c.key, "targets", t.currency) for c in version.conditions for t in c.targets]
    held += [("", "baselines", found.currency) for found in version.baselines]
    held += [("", "prices", found.currency) for found in version.prices]
    held += [("", "targets", found.currency) for found in version.targets]
    for key, field, currency in held:
        if currency and currency != version.currency:
            values = {"other": currency, "currency": version.currency}
            yield Finding("currency_mixed", sentence, condition=key, field=field, values=values)


def _groups(version: AgreementVersion) -> Iterator[Finding]:
    groups: dict[str, list[Condition]] = {}
    for found in version.conditions:
        if found.stack_group:
            groups.setdefault(found.stack_group, []).append(found)
    for name, members in groups.items():
        if len({member.stack_mode for member in members}) > 1:
            yield Finding(
                "stack_mode",
                _("The conditions of group {group} stack in different ways."),
                condition=members[0].key,
                field="stack_mode",
                values={"group": name},
            )


def _reductions(version: AgreementVersion) -> Iterator[Finding]:
    known = {found.key: found for found in version.conditions}
    for condition in version.conditions:
        for key in condition.reduce_by:
            other = known.get(key)
            if other is None or other is condition:
                continue  # said with the order
            if other.stack_group and group_of(other) == group_of(condition):
                yield Finding(
                    "reduction_group",
                    _("It cannot be reduced by {other} of its own group: use a cascade."),
                    condition=condition.key,
                    field="reduce_by",
                    values={"other": key},
                )
            elif _length(other) > _length(condition):
                yield Finding(
                    "reduction_period",
                    _("It cannot be reduced by {other}, which counts over a longer period."),
                    condition=condition.key,
                    field="reduce_by",
                    values={"other": key},
                )


def _length(condition: Condition) -> int:
    if not condition.reset or condition.tier_period is Every.CONTRACT:
        return 10_000
    return MONTHS_IN[condition.tier_period]


def _order(version: AgreementVersion) -> Iterator[Finding]:
    for arrange in (
        lambda: in_order([found for found in version.conditions if is_earned(found)]),
        lambda: discounts_of(version.conditions),
    ):
        try:
            arrange()
        except Invalid as error:
            yield Finding(
                error.code,
                SENTENCES.get(error.code, error.message),
                condition=str(error.data.get("first", "")),
                field="reduce_by" if error.code.startswith("reduction") else "sequence",
            )


def _prices(version: AgreementVersion) -> Iterator[Finding]:
    rows = version.prices
    for place, one in enumerate(rows):
        if one.amount < 0:
            yield Finding("price_negative", _("A price is below zero."), field="prices")
        for two in rows[place + 1 :]:
            same = (one.product, one.group, one.account, one.channel, one.unit, one.min_quantity)
            other = (two.product, two.group, two.account, two.channel, two.unit, two.min_quantity)
            meet = one.valid is None or two.valid is None or one.valid.overlaps(two.valid)
            if same == other and meet and one.priority == two.priority:
                yield Finding(
                    "price_twice",
                    _("Two prices hold for the same thing at the same time."),
                    field="prices",
                    values={"specificity": specificity(one)},
                )
