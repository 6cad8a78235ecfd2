"""The rules we ship, and what rules must be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from keystead.health.types.marking import gettext_noop as _
from keystead.health.types.scores import Rule, RuleSet, Signal
from keystead.kernel.errors import Invalid

D = Decimal
# A beginning, by judgement: no public record of renewals like ours exists. The back-test says
# whether it holds here.
SHIPPED: Final = RuleSet(
    1,
    (
        Rule(Signal.USAGE_TREND, D(30), bad=D(-20), good=D(5)),
        Rule(Signal.SATISFACTION, D(20), bad=D(-20), good=D(50), least=3, days=365),
        Rule(Signal.COVERAGE, D(15), bad=D(20), good=D(90)),
        Rule(Signal.SPONSOR, D(15), bad=D(1), good=D(0), days=365),
        Rule(Signal.PAYMENT, D(10), bad=D(45), good=D(0), days=120),
        Rule(Signal.ISSUES, D(10), bad=D(5), good=D(0), days=120),
    ),
    why=_("Starting weights by judgement. See the back-test before you trust them."),
)
MOST_WEIGHT: Final = D(100)


def check_rules(found: RuleSet) -> None:
    """Raise Invalid where rules can not be worked with."""
    if not any(one.weight > 0 for one in found.rules):
        raise Invalid(_("Give at least one signal a weight."), code="weights")
    if len({one.signal for one in found.rules}) != len(found.rules):
        raise Invalid(_("A signal counts once."), code="signals")
    for one in found.rules:
        if not 0 < one.weight <= MOST_WEIGHT:
            raise Invalid(
                _("A weight is above 0, up to 100."), code="weight",
                fields={f"{one.signal.value}_weight": _("A weight is above 0, up to 100.")},
            )  # fmt: skip
        if one.bad == one.good:
            text = _("Bad and good are two different values.")
            raise Invalid(text, code="ends", fields={f"{one.signal.value}_good": text})
        if one.days < 1 or one.least < 0:
            raise Invalid(_("Say how many days it holds."), code="days")
    if not D(0) <= found.at_risk < found.healthy <= D(100):
        text = _("Healthy begins above the end of at risk.")
        raise Invalid(text, code="bands", fields={"healthy": text})
    if not D(0) < found.known_pct <= D(100):
        text = _("Between 0 and 100 %.")
        raise Invalid(text, code="known", fields={"known_pct": text})
    if not found.why.strip():
        text = _("Say what changes, and why.")
        raise Invalid(text, code="why", fields={"why": text})


def plain_rules(found: RuleSet) -> dict[str, Any]:
    """Return rules as JSON-able data, for storage and programs.

    >>> from_plain(1, plain_rules(SHIPPED)).rules == SHIPPED.rules
    True
    """
    return {
        "healthy": str(found.healthy), "at_risk": str(found.at_risk),
        "known_pct": str(found.known_pct), "rules": [plain_rule(one) for one in found.rules],
    }  # fmt: skip


def plain_rule(one: Rule) -> dict[str, Any]:
    """Return one rule as JSON-able data; its direction is said besides."""
    return {
        "signal": one.signal.value, "weight": str(one.weight), "bad": str(one.bad),
        "good": str(one.good), "least": one.least, "days": one.days,
        "direction": "up" if one.more_is_better else "down",
    }  # fmt: skip


def rule_of(data: Mapping[str, Any]) -> Rule:
    """Return the rule behind what ``plain_rule`` wrote."""
    return Rule(
        Signal(data["signal"]), D(data["weight"]), D(data["bad"]), D(data["good"]),
        int(data["least"]), int(data["days"]),
    )  # fmt: skip


def from_plain(number: int, data: Mapping[str, Any], **more: Any) -> RuleSet:
    """Return the rules behind what ``plain_rules`` wrote."""
    rules: Iterable[Mapping[str, Any]] = data["rules"]
    return RuleSet(
        number, tuple(rule_of(one) for one in rules), D(data["healthy"]), D(data["at_risk"]),
        D(data["known_pct"]), **more,
    )  # fmt: skip
