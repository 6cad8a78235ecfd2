"""Who writes which layer, what may follow what, what an author should think about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Final

from keystead.forecasting.rules.marking import gettext_noop as _
from keystead.forecasting.types.cycle import Cycle, CycleState, Gap, Layer, SignOff, Stance
from keystead.forecasting.types.rhythm import Rhythm
from keystead.kernel.errors import Conflict, Invalid, NotAllowed

SMALL_PCT: Final = Decimal(5)
LARGE_RISE_PCT: Final = Decimal(20)
SCALE_JUMP: Final = 1000

_WRITERS: Final[Mapping[Layer, frozenset[str]]] = {
    Layer.ACCOUNT_MANAGER: frozenset({"kam", "director"}),
    Layer.MARKETING: frozenset({"marketing"}),
    Layer.OPERATIONS: frozenset({"sales_ops"}),
    Layer.FINANCE: frozenset({"finance"}),
    Layer.AGREED: frozenset({"director", "sales_ops"}),
}
_NEXT: Final[Mapping[CycleState, frozenset[CycleState]]] = {
    CycleState.OPEN: frozenset({CycleState.SUBMITTED, CycleState.REVIEW, CycleState.CANCELLED}),
    CycleState.SUBMITTED: frozenset({CycleState.OPEN, CycleState.REVIEW, CycleState.CANCELLED}),
    CycleState.REVIEW: frozenset({CycleState.OPEN, CycleState.LOCKED, CycleState.CANCELLED}),
    CycleState.LOCKED: frozenset(),
    CycleState.CANCELLED: frozenset(),
}


def layers_of(roles: Collection[str]) -> tuple[Layer, ...]:
    """Return the layers that these roles write, the own one first.

    >>> layers_of({"director"})
    (<Layer.ACCOUNT_MANAGER: 'account_manager'>, <Layer.AGREED: 'agreed'>)
    """
    return tuple(layer for layer, writers in _WRITERS.items() if writers & set(roles))


def layer_to_write(roles: Collection[str], wanted: Layer | None, *, system: bool = False) -> Layer:
    """Return the layer that is written: the one asked for, else the author's own.

    Raises NotAllowed where no role of the author writes it.
    """
    allowed = tuple(_WRITERS) if system else layers_of(roles)
    if wanted is None and allowed:
        return allowed[0]
    if wanted is None or wanted not in allowed:
        raise NotAllowed(
            _("Your role does not write this line of the forecast."),
            hint=_("Leave a comment at the cell, or ask whose line it is."),
            code="layer", layer=wanted.value if wanted else "",
        )  # fmt: skip
    return wanted


def may_follow(state: CycleState, following: CycleState) -> bool:
    """Say whether a cycle may go there from where it stands.

    >>> may_follow(CycleState.LOCKED, CycleState.OPEN)
    False
    """
    return following in _NEXT[state]


def require_editable(cycle: Cycle, layer: Layer) -> None:
    """Raise Conflict where a layer takes no more overrides: locked, being locked, too early."""
    if cycle.state is CycleState.LOCKED:
        raise Conflict(
            _("This cycle is locked. Its numbers stay as they were agreed."),
            hint=_("Change the numbers in the next cycle."), code="locked",
        )  # fmt: skip
    if cycle.state is CycleState.CANCELLED:
        raise Conflict(_("This cycle was cancelled."), code="cancelled")
    if cycle.lock_request is not None:
        raise Conflict(
            _("The lock of this cycle waits for an approval."),
            hint=_("Take the request back first, or wait for the answer."), code="lock_asked",
        )  # fmt: skip
    if layer is Layer.AGREED and cycle.state is not CycleState.REVIEW:
        raise Conflict(
            _("The agreed line is written in the review."),
            hint=_("Write your own line now, or begin the review."), code="not_in_review",
        )  # fmt: skip
    if cycle.run_id is None:
        raise Conflict(
            _("There is no statistical forecast in this cycle yet."),
            hint=_("Start a run first."), code="no_run",
        )  # fmt: skip


def guard_rails(before: Decimal, after: Decimal) -> tuple[str, ...]:
    """Return what an author should think about: changes that seldom help.

    Below 5 % a change is mostly noise, upward above 20 % it is mostly hope (Fildes, Goodwin,
    Lawrence and Nikolopoulos 2009). A thousand times what stood there is more likely another unit.

    >>> guard_rails(Decimal(100), Decimal(103)), guard_rails(Decimal(100), Decimal(130))
    (('small_change',), ('large_rise',))
    >>> guard_rails(Decimal(100), Decimal(70)), guard_rails(Decimal(1), Decimal(1000))
    ((), ('scale_jump',))
    """
    if not before or before == after:
        return ()
    change = (after - before) * 100 / abs(before)
    if abs(change) < SMALL_PCT:
        return ("small_change",)
    if after >= before * SCALE_JUMP > 0:
        return ("scale_jump",)
    return ("large_rise",) if change > LARGE_RISE_PCT else ()


def standing(signs: Iterable[SignOff]) -> dict[tuple[Layer, int | None], SignOff]:
    """Return the newest word of each party, by account where it speaks for one."""
    return {(one.party, one.account_id): one for one in sorted(signs, key=lambda one: one.id)}


def submitted(signs: Iterable[SignOff]) -> frozenset[tuple[Layer, int | None]]:
    """Return who has handed in and was not sent back."""
    found = standing(signs)
    kept = (Stance.SUBMITTED, Stance.SIGNED)
    return frozenset(key for key, one in found.items() if one.stance in kept)


def missing_signatures(
    parties: Iterable[Layer], signs: Iterable[SignOff], stamp: int = 0
) -> tuple[Layer, ...]:
    """Return the parties that have not signed the whole as it stands now, in their order.

    A signature is for the numbers that were there: an override newer than it (``stamp``) asks
    for a new one.
    """
    found = standing(signs)
    signed = {
        party for (party, account), one in found.items()
        if account is None and one.stance is Stance.SIGNED and one.stamp >= stamp
    }  # fmt: skip
    return tuple(party for party in parties if party not in signed)


def lock_problems(
    cycle: Cycle, signs: Iterable[SignOff], gaps: Iterable[Gap], stamp: int = 0
) -> tuple[tuple[str, str], ...]:
    """Return what keeps a cycle from being locked: code and whom or what it is about."""
    found: list[tuple[str, str]] = []
    if cycle.run_id is None:
        found.append(("no_run", ""))
    if cycle.state is not CycleState.REVIEW:
        found.append(("not_in_review", cycle.state.value))
    unsigned = missing_signatures(cycle.head.parties, signs, stamp)
    found += [("unsigned", party.value) for party in unsigned]
    found += [
        ("gap_open", f"{gap.label}: {gap.layer} / {gap.against}")
        for gap in gaps
        if gap.over and not gap.explained
    ]
    return tuple(found)


def check_head(horizon: int, frozen: int, gap_pct: Decimal, rhythm: Rhythm = Rhythm.MONTH) -> None:
    """Raise Invalid for a cycle that makes no sense."""
    if rhythm is Rhythm.WEEK and not 1 <= horizon <= rhythm.most_horizon:
        raise Invalid(
            _("A cycle by week forecasts between 1 and 104 weeks."), code="horizon",
            fields={"horizon": _("1 to 104 weeks.")},
        )  # fmt: skip
    if rhythm is Rhythm.MONTH and not 1 <= horizon <= rhythm.most_horizon:
        raise Invalid(
            _("A cycle forecasts between 1 and 36 months."), code="horizon",
            fields={"horizon": _("1 to 36 months.")},
        )  # fmt: skip
    if not 0 <= frozen < horizon:
        raise Invalid(
            _("Fewer weeks are frozen than are forecast.") if rhythm is Rhythm.WEEK
            else _("Fewer months are frozen than are forecast."),
            code="frozen_months",
            fields={
                "frozen_months": _("Fewer than the weeks of the cycle.") if rhythm is Rhythm.WEEK
                else _("Fewer than the months of the cycle.")
            },
        )  # fmt: skip
    if not 0 <= gap_pct <= 1000:
        raise Invalid(
            _("The gap that needs an explanation lies between 0 and 1000 %."), code="gap_pct",
            fields={"gap_pct": _("Between 0 and 1000 %.")},
        )  # fmt: skip
