"""The table of terms as fields ready to be drawn: names, words, values, sliders, sentences."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from keystead.agreements.queries.words import MEASURES, METHODS, PERIODS, RATE_KINDS
from keystead.profitability.forms.cells import CHOICES, Block, scope_label
from keystead.profitability.forms.offers import OfferForm

WORDS = {
    "measure": MEASURES,
    "paid_on": MEASURES,
    "kind": RATE_KINDS,
    "method": METHODS,
    "period": PERIODS,
}
STEPS = 100


@dataclasses.dataclass(frozen=True)
class Slider:
    """What a slider beside a number runs through."""

    low: str
    high: str
    step: str


@dataclasses.dataclass(frozen=True)
class Field:
    """One field: ``place`` names the sentence beside it; ``options`` make it a choice."""

    name: str
    label: str
    value: str = ""
    place: str = ""
    unit: str = ""
    slider: Slider | None = None
    options: Sequence[tuple[str, str]] = ()
    wide: bool = False
    number: bool = True
    many: bool = False


@dataclasses.dataclass(frozen=True)
class Say:
    """A place for a sentence, with the sentence that stands there now."""

    place: str
    text: str


@dataclasses.dataclass(frozen=True)
class TierRow:
    number: int
    lower: Field
    rate: Field
    say: Say


@dataclasses.dataclass(frozen=True)
class MoveRow:
    what: str
    name: str
    change: Field
    price: Field
    say: Say


@dataclasses.dataclass(frozen=True)
class Term:
    """One condition of the table."""

    block: Block
    say: Say
    fields: tuple[Field, ...]
    tiers: tuple[TierRow, ...]
    more: tuple[Field, ...]
    booking: tuple[Field, ...]


@dataclasses.dataclass(frozen=True)
class Drawn:
    """The whole table."""

    says: tuple[Say, ...]
    volume: Field
    moves: tuple[MoveRow, ...]
    terms: tuple[Term, ...]
    commitment: Field
    wallet: Field
    reason: Field

    def say(self, place: str) -> Say:
        return next((one for one in self.says if one.place == place), Say(place, ""))


def drawn(form: OfferForm) -> Drawn:
    """Return the table of a form, with every sentence that belongs beside a field."""
    values, currency = form.values, form.case.currency
    goal = float(sum(row.worth for row in form.book.rows)) * 2 or 1000.0
    return Drawn(
        says=says(form),
        volume=Field(
            "volume", _("Volume they would add"), values["volume"], "volume", "%",
            Slider("-30", "50", "0.5"),
        ),
        moves=tuple(_move(form, *row) for row in form.moves),
        terms=tuple(_term(form, block, goal) for block in form.blocks),
        commitment=Field("commitment", _("Volume they commit to"), values["commitment"],
                         "commitment", currency),
        wallet=Field("wallet", _("Share of what they buy"), values["wallet"], "wallet", "%"),
        reason=Field("reason", _("Objective reason for a difference"), values["reason"], "reason",
                     number=False, wide=True),
    )  # fmt: skip


def says(form: OfferForm) -> tuple[Say, ...]:
    """Return every place for a sentence; those without one are empty, so that it goes away."""
    return tuple(Say(place or "all", form.errors.get(place, "")) for place in form.names)


def _say(form: OfferForm, place: str) -> Say:
    return Say(place or "all", form.errors.get(place, ""))


def _move(form: OfferForm, place: int, what: str, change: str, price: str) -> MoveRow:
    name = f"m{place}"
    return MoveRow(
        what,
        f"{name}-what",
        Field(f"{name}-change", _("Change in percent"), change, name,
              slider=Slider("-30", "30", "0.5")),
        Field(f"{name}-price", _("New price"), price, name),
        _say(form, name),
    )  # fmt: skip


def _term(form: OfferForm, block: Block, goal: float) -> Term:
    key, values, currency = block.key, block.values, form.case.currency
    at = f"c-{key}"
    on = Field(f"c-{key}-scope", pgettext("scope", "On"), values["scope"], at,
               options=_scopes(form, block))  # fmt: skip
    fields: tuple[Field, ...] = ()
    if block.shape == "discount":
        slider = Slider("0", "30", "0.1")
        fields = (
            Field(f"c-{key}-rate", pgettext("tier", "Rate"), values["rate"], at, "%", slider),
            on,
        )
    elif block.shape == "fee":
        fields = (
            Field(f"c-{key}-rate", _("Amount"), values["rate"], at, currency),
            *(
                Field(f"c-{key}-{name}", label, values[name], key, number=False)
                for name, label in (
                    ("deliverable", _("What they do for it")),
                    ("proof", pgettext("service", "Proof")),
                    ("fair", _("Why it is worth that")),
                )
            ),
        )  # fmt: skip
    return Term(
        block,
        _say(form, at),
        fields,
        tuple(_tier(form, block, *line, goal) for line in _lines(block)),
        _more(form, block, on) if block.shape == "tiers" else (),
        (
            Field(f"c-{key}-label", _("Name"), values["label"], at, number=False),
            Field(f"c-{key}-gl", _("Ledger account"), values["gl"], at, number=False),
        ),
    )


def _lines(block: Block) -> list[tuple[int, str, str]]:
    return [(line.place, line.lower, line.rate) for line in block.lines]


def _tier(form: OfferForm, block: Block, place: int, lower: str, rate: str, goal: float) -> TierRow:
    at, words = f"c-{block.key}-t{place}", {"tier": place + 1}
    return TierRow(
        place + 1,
        Field(f"c-{block.key}-lower-{place}", _("Tier %(tier)s, from") % words, lower, at,
              slider=_bounds(block, goal)),
        Field(f"c-{block.key}-rate-{place}", _("Tier %(tier)s, rate") % words, rate, at,
              slider=_rates(block, rate)),
        _say(form, at),
    )  # fmt: skip


def _bounds(block: Block, goal: float) -> Slider:
    measure = block.values["measure"]
    if measure == "growth_pct":
        return Slider("0", "50", "0.5")
    if measure == "quantity":
        return _whole(max((_read(line.lower) for line in block.lines), default=0.0) * 2 or 1000.0)
    return _whole(goal / (5 if measure == "growth_value" else 1))


def _rates(block: Block, rate: str) -> Slider:
    kind = block.values["kind"]
    most = max((_read(line.rate) for line in block.lines), default=0.0)
    if kind == "percent":
        return Slider("0", "20" if most <= 20 else "100", "0.1")
    return _whole(most * 2 or 100.0)


def _whole(high: float) -> Slider:
    """A slider of about a hundred round steps."""
    step = 10.0 ** len(str(int(high / STEPS or 1))) / 10
    top = (int(high / step) + 1) * step
    return Slider("0", f"{top:.0f}", f"{step:.0f}")


def _read(text: str) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0


def _more(form: OfferForm, block: Block, on: Field) -> tuple[Field, ...]:
    labels = {
        "measure": _("Tier measured on"), "kind": _("Rate is"), "method": _("Tiers pay"),
        "period": _("Counted for"), "paid_on": _("Paid on"),
    }  # fmt: skip
    chosen = tuple(
        Field(
            f"c-{block.key}-{name}", label, block.values[name], f"c-{block.key}",
            options=[(word, str(WORDS[name][word])) for word, _value in CHOICES[name]],
        )
        for name, label in labels.items()
    )  # fmt: skip
    return (
        *chosen,
        on,
        Field(f"c-{block.key}-cap", _("At most"), block.values["cap"], f"c-{block.key}",
              form.case.currency),
        Field(f"c-{block.key}-paste", _("Paste a table: bound, rate"), block.values["paste"],
              f"c-{block.key}", many=True, wide=True),
    )  # fmt: skip


def _scopes(form: OfferForm, block: Block) -> list[tuple[str, str]]:
    found = form.scopes()
    word = block.values["scope"]
    if word and word not in {one for one, _label in found}:
        found.append((word, scope_label(word) or word.partition(":")[2]))
    return found
