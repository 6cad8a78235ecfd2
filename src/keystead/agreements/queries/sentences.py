"""Terms in plain sentences, generated from the conditions: what people read and sign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from keystead.agreements.calc.evaluate import counts_sales, is_earned
from keystead.agreements.queries import words
from keystead.agreements.queries.spelled import (
    accounts_text,
    groups_text,
    product_codes,
    products_text,
)
from keystead.agreements.types import (
    Boundary,
    Cap,
    Condition,
    Family,
    Floor,
    Gate,
    Measure,
    PriceRow,
    RateKind,
    Scope,
    Selection,
    Terms,
    Tier,
    Timing,
)
from keystead.kernel.periods import Period
from keystead.kit.ui import formats

Part = tuple[str, str]  # what it is about, the sentence
_PERCENT = {Measure.GROWTH_PCT, Measure.SHARE_PCT}
_MONEY = {Measure.NET_VALUE, Measure.GROSS_VALUE, Measure.GROWTH_VALUE}


def terms_parts(terms: Terms, currency: str) -> tuple[Part, ...]:
    """Return the sentences over the whole agreement: scope, limits, gates, undertakings."""
    found = [
        (_("Scope"), scope_text(terms.scope)),
        (_("Cap"), _cap(terms.cap, currency)),
        (_("Guarantee"), _floor(terms.floor, currency)),
        (_("Only paid when"), _gates(terms.gates)),
        (_("Exclusive"), _("The customer buys only here.") if terms.exclusive else ""),
        (_("Share of purchases"), _wallet(terms.share_of_wallet_pct)),
        (_("Prices"), _prices(terms, currency)),
        (_("Baselines"), _baselines(terms)),
        (_("Targets"), "; ".join(f"{one.key} {_plain(one.value)}" for one in terms.targets)),
    ]
    for one in terms.clauses:
        heading, text = one.told(_locale())
        found.append((heading or one.key, text))
    return tuple((name, text) for name, text in found if text)


def condition_parts(
    condition: Condition, currency: str, others: Sequence[Condition] = ()
) -> tuple[Part, ...]:
    """Return a condition in sentences, part by part; a part that says nothing is left out.

    ``others``: the conditions of its version, to call those it names as people do.
    """
    found = [
        (pgettext("condition", "What"), _what(condition)),
        (_("Measured"), _begun(_measured(condition))),
        (_("Tiers"), tiers_text(condition, currency)),
        (_("Pays"), _pays(condition)),
        (_("Scope"), scope_text(condition.scope)),
        (_("Focus range"), scope_text(condition.focus) if condition.focus else ""),
        (_("Baseline"), _counted_from(condition)),
        (_("Targets"), "; ".join(f"{t.key} {_plain(t.value)}" for t in condition.targets)),
        (_("Free goods"), _goods(condition)),
        (_("Price protection"), _protection(condition)),
        (_("Payment terms"), condition.payment_terms),
        (_("Service"), _service(condition)),
        (_("Counts"), _begun(_counts(condition)) if counts_sales(condition) else ""),
        (_("Cap"), _cap(condition.cap, currency)),
        (_("Guarantee"), _floor(condition.floor, currency)),
        (_("Only paid when"), _gates(condition.gates)),
        (_("Together with others"), _stacking(condition, others)),
        (
            pgettext("interval", "Settled"),
            _settled(condition) if is_earned(condition) else condition.currency,
        ),
        (_("Valid"), _period(condition.valid) if condition.valid else ""),
        (_("Booked"), " ".join(filter(None, [condition.gl_code, condition.fund, condition.payee]))),
        (_("Examples"), _examples(condition, currency)),
        (_("Note"), condition.note),
    ]
    return tuple((name, text) for name, text in found if text)


def summary(condition: Condition, currency: str) -> str:
    """Return a condition in one line, for a dense table."""
    parts = dict(condition_parts(condition, currency))
    return (
        parts.get(_("Tiers"))
        or parts.get(_("Free goods"))
        or parts.get(pgettext("condition", "What"), "")
    )


def name_of(condition: Condition) -> str:
    """Return what people call a condition."""
    return condition.label or str(words.FAMILIES[condition.family.value])


def tiers_text(condition: Condition, currency: str) -> str:
    """Return the tiers in one line: from 1,000 on 3 %."""
    return "; ".join(_tier(tier, condition, currency) for tier in condition.tiers)


def measure_text(value: Decimal, condition: Condition, currency: str) -> str:
    """Return an amount of what the tiers are measured on: money, percent, units."""
    measure = condition.tier_measure
    if measure in _MONEY:
        return _money(value, currency)
    rounded = round(value, 2) if measure in _PERCENT else value
    return _plain(rounded) + (" %" if measure in _PERCENT else "")


def scope_text(scope: Scope) -> str:
    """Return which lines count; empty for all of them."""
    inside, outside = _selection(scope.include), _selection(scope.exclude)
    if inside and outside:
        return _("Only %(inside)s, without %(outside)s.") % {"inside": inside, "outside": outside}
    if inside:
        return _("Only %(inside)s.") % {"inside": inside}
    return _("Everything without %(outside)s.") % {"outside": outside} if outside else ""


def _what(condition: Condition) -> str:
    return _("%(family)s, given %(timing)s.") % {
        "family": words.FAMILIES[condition.family.value],
        "timing": words.TIMINGS[condition.timing.value],
    }


def _single(condition: Condition) -> bool:
    """Return whether one rate holds from zero on: then there is no bound to speak of."""
    known = condition.boundary is Boundary.GTE or condition.tier_measure is Measure.NONE
    spans = [tier.valid for tier in condition.tiers]
    return known and len(set(spans)) == len(spans) and not any(t.lower for t in condition.tiers)


def _measured(condition: Condition) -> str:
    if condition.tier_measure is Measure.NONE:
        return ""
    if condition.family is Family.PRICE_PROTECTION:
        return ""
    if not is_earned(condition) and _single(condition):
        return ""
    measure = str(words.MEASURES[condition.tier_measure.value])
    if condition.tier_metric:
        measure = f"{measure} ({words.metric_name(condition.tier_metric)})"
    if condition.tier_uom:
        measure = f"{measure} ({condition.tier_uom})"
    told = {"measure": measure, "period": words.PERIODS[condition.tier_period.value]}
    if condition.reset:
        text = _("%(measure)s, counted for %(period)s.") % told
    else:
        text = _("%(measure)s, counted from the first day of the agreement.") % told
    if condition.anchor.value == "agreement":
        text += " " + _("Periods run from its first day.")
    return text


def _tier(tier: Tier, condition: Condition, currency: str) -> str:
    measure = condition.tier_measure
    lower = measure_text(tier.lower, condition, currency)
    rate = {
        RateKind.PERCENT: f"{_plain(tier.rate)} %",
        RateKind.PER_UNIT: _("%(sum)s per unit") % {"sum": _money(tier.rate, currency)},
        RateKind.FIXED: _money(tier.rate, currency),
        RateKind.FREE_GOODS: _plain(tier.rate),
    }[condition.rate_kind]
    text = rate
    if measure is not Measure.NONE and not _single(condition):
        text = _("from %(lower)s: %(rate)s") % {"lower": lower, "rate": rate}
    return f"{text} ({_period(tier.valid)})" if tier.valid else text


def _pays(condition: Condition) -> str:
    if not condition.tiers or condition.rate_kind is RateKind.FREE_GOODS:
        return ""
    single = _single(condition)
    if condition.rate_kind is RateKind.FIXED:
        if single or condition.tier_measure is Measure.NONE:
            return _("A fixed sum.")
        return _("A fixed sum; %(bound)s.") % {"bound": words.BOUNDARIES[condition.boundary.value]}
    measure = str(words.MEASURES[condition.benefit_measure.value])
    if condition.benefit_metric or condition.benefit_uom:
        named = words.metric_name(condition.benefit_metric) if condition.benefit_metric else ""
        measure = f"{measure} ({named or condition.benefit_uom})"
    if condition.benefit_on_focus:
        measure = _("%(measure)s of the focus range") % {"measure": measure}
    if condition.timing is Timing.ON_INVOICE:
        base = (
            _("list price") if condition.discount_base.value == "list" else _("running net price")
        )
        measure = f"{measure} ({base})"
    if single:
        return _("Paid on %(measure)s.") % {"measure": measure}
    return _("Paid on %(measure)s: %(method)s; %(bound)s.") % {
        "measure": measure,
        "method": words.METHODS[condition.method.value],
        "bound": words.BOUNDARIES[condition.boundary.value],
    }


def _counted_from(condition: Condition) -> str:
    if not condition.baseline:
        return ""
    text = _("The same months a year before, frozen at signing, or as typed below.")
    return text if condition.baseline == condition.key else f"{condition.baseline}: {text}"


def _counts(condition: Condition) -> str:
    if condition.tier_measure is Measure.NONE and condition.rate_kind is RateKind.FIXED:
        return ""
    returns = _("returns take away") if condition.returns_count else _("returns do not count")
    parts = [str(words.POINTS[condition.transaction_point.value]), returns]
    if condition.paid_only:
        parts.append(_("only what is paid"))
    parts.append(str(words.NEGATIVES[condition.negative_policy.value]))
    return "; ".join(parts)


def _settled(condition: Condition) -> str:
    every = condition.settle_every or condition.tier_period
    text = _("Settled for %(period)s.") % {"period": words.PERIODS[every.value]}
    if condition.payout_lag_days or condition.grace_days:
        text += " " + _("Late lines %(grace)s days, paid after %(lag)s days.") % {
            "grace": condition.grace_days, "lag": condition.payout_lag_days,
        }  # fmt: skip
    return f"{text} {condition.currency}" if condition.currency else text


def _stacking(condition: Condition, others: Sequence[Condition]) -> str:
    parts = []
    if condition.stack_group or condition.stack_mode.value != "additive":
        parts.append(
            _("Group %(group)s: %(mode)s.")
            % {"group": condition.stack_group, "mode": words.MODES[condition.stack_mode.value]}
        )
    if condition.sequence or condition.priority is not None:
        place = f"{condition.sequence}" + (
            f"/{condition.priority}" if condition.priority is not None else ""
        )
        parts.append(_("Place %(place)s.") % {"place": place})
    if condition.reduce_by:
        called = {one.key: name_of(one) for one in others}
        names = ", ".join(called.get(key, key) for key in condition.reduce_by)
        parts.append(_("After taking off %(names)s.") % {"names": names})
    return " ".join(parts)


def _goods(condition: Condition) -> str:
    goods = condition.free_goods
    if goods is None:
        return ""
    told = {"free": _plain(goods.free), "per": _plain(goods.per)}
    text = _("%(free)s free for every %(per)s bought") % told
    more = [str(words.PARTIALS[goods.partial.value])] if goods.partial.value != "floor" else []
    more += [products_text((goods.product,))] if goods.product else []
    return f"{text} ({', '.join(more)})" if more else text


def _protection(condition: Condition) -> str:
    found = condition.price_protection
    if found is None:
        return ""
    text = _("The customer's stock is credited when the price falls.")
    if found.include_in_transit:
        text += " " + _("Goods on the way count.")
    if found.cap_days_of_stock is not None:
        days = _plain(found.cap_days_of_stock)
        text += " " + _("At most for %(days)s days of off-take.") % {"days": days}
        pace = {"days": found.off_take_days}
        text += " " + _("The pace is that of the %(days)s days before.") % pace
    if found.sell_in_days is not None:
        text += " " + _("At most what was bought in the %(days)s days before.") % {
            "days": found.sell_in_days
        }
    text += " " + _("The stock is the last one reported within %(days)s days before the cut.") % {
        "days": found.report_days
    }
    if found.less_off_take:
        text += " " + _("What was sold on since is taken off.")
    return text


def _service(condition: Condition) -> str:
    found = condition.service
    if found is None:
        return ""
    parts = [found.deliverable, found.proof, found.fair_value_note]
    if found.due:
        parts.append(_period(found.due))
    return "; ".join(filter(None, parts))


def _examples(condition: Condition, currency: str) -> str:
    return "; ".join(
        f"{one.name}: {_plain(one.tier_measure)} → {_money(one.expected, currency)}"
        for one in condition.examples
    )


def _cap(cap: Cap | None, currency: str) -> str:
    if cap is None:
        return ""
    parts = [_money(cap.amount, currency)] if cap.amount is not None else []
    if cap.pct_of_base is not None:
        parts.append(f"{_plain(cap.pct_of_base)} %")
    return _("At most %(limit)s.") % {"limit": ", ".join(parts)}


def _floor(floor: Floor | None, currency: str) -> str:
    if floor is None:
        return ""
    text = _("At least %(limit)s.") % {"limit": _money(floor.amount, currency)}
    return text + " " + _("Earlier periods count.") if floor.cumulative else text


def _gates(gates: Sequence[Gate]) -> str:
    found = []
    for gate in gates:
        text = str(words.GATES.get(gate.name, gate.name))
        if gate.at_least is not None:
            text += f" ≥ {_plain(gate.at_least)}"
        if gate.effect.value == "scale":
            text += " " + _("(else %(share)s %%)") % {"share": _plain(gate.scale_pct)}
        found.append(f"{text} {scope_text(gate.focus)}".strip() if gate.focus else text)
    return "; ".join(found)


def _wallet(share: Decimal | None) -> str:
    if share is None:
        return ""
    return _("The customer buys %(share)s %% of its need here.") % {"share": _plain(share)}


def _prices(terms: Terms, currency: str) -> str:
    codes = product_codes(row.product for row in terms.prices if row.product)
    return "; ".join(_price(row, currency, codes) for row in terms.prices)


def _price(row: PriceRow, currency: str, codes: Mapping[int, str]) -> str:
    """A price in words: what for, how much, for whom, from which quantity, when."""
    thing = codes.get(row.product, row.key) if row.product else groups_text((row.group,))
    whom = [accounts_text((row.account,))] if row.account else []
    parts = [
        thing or row.key,
        _money(row.amount, row.currency or currency),
        f"({', '.join([*whom, row.channel] if row.channel else whom)})"
        if whom or row.channel
        else "",
        f"≥ {_plain(row.min_quantity)}" if row.min_quantity else "",
        _period(row.valid) if row.valid else "",
    ]
    return " ".join(filter(None, parts))


def _baselines(terms: Terms) -> str:
    return "; ".join(
        f"{one.key}: {_money(sum((value for _m, value in one.months), Decimal(0)), one.currency)}"
        for one in terms.baselines
    )


def _selection(chosen: Selection) -> str:
    parts = [*chosen.brands, *chosen.categories, *chosen.channels]
    for label, held, text in (
        (_("product group"), chosen.groups, groups_text(chosen.groups)),
        (_("products"), chosen.products, products_text(chosen.products)),
        (_("accounts"), chosen.accounts, accounts_text(chosen.accounts)),
        (_("ship-tos"), chosen.ship_tos, accounts_text(chosen.ship_tos)),
    ):
        if held:
            parts.append(_("%(label)s %(names)s") % {"label": label, "names": text})
    return ", ".join(parts)


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]


def _locale() -> str:
    return get_language() or "en"


def _money(value: Decimal | None, currency: str) -> str:
    digits = 0 if value is not None and value == value.to_integral_value() else None
    return formats.money(value, currency, locale=_locale(), full=True, digits=digits)


def _plain(value: Decimal) -> str:
    digits = max(0, -int(value.normalize().as_tuple().exponent)) if value else 0
    return formats.number(value, locale=_locale(), digits=min(digits, 6))


def _period(span: Period) -> str:
    return formats.period(span.start, span.end, locale=_locale())
