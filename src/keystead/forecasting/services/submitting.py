"""Hand in, send back, sign: what the parties say about the numbers as they stand."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts.queries import scope_for
from keystead.forecasting import models
from keystead.forecasting.queries.cycles import as_sign, newest_override, stored_signs
from keystead.forecasting.rules.cycles import layer_to_write, submitted
from keystead.forecasting.services.loading import require_accounts, row_to_write, step, tell
from keystead.forecasting.types.cycle import PARTIES, CycleState, Layer, SignOff, Stance
from keystead.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from keystead.kit.access import Actor


def submit(
    *,
    actor: Actor,
    cycle_id: int,
    account_ids: Collection[int] | None = None,
    party: Layer | None = None,
    note: str = "",
) -> tuple[SignOff, ...]:
    """Hand in: an account manager the own accounts (or some of them), others their whole line.

    What is handed in takes no further override of that party until it is sent back. Once the
    last one has handed in, the cycle is ``submitted``. Writes a row per account, one audit row.
    """
    with transaction.atomic():
        row = row_to_write(actor, cycle_id, "forecasting.edit")
        _in_state(row, CycleState.OPEN, CycleState.SUBMITTED)
        speaks = _party(actor, party)
        accounts = _accounts(actor, row, account_ids) if speaks is Layer.ACCOUNT_MANAGER else [None]
        if speaks is Layer.ACCOUNT_MANAGER:
            require_accounts(actor, speaks, {one for one in accounts if one is not None})
        made = _say(actor, row, speaks, Stance.SUBMITTED, accounts, note)
        _follow(actor, row)
        tell(
            actor, row, "submit", None,
            {"party": speaks.value, "accounts": [one.account_id for one in made]}, why=note,
        )  # fmt: skip
    return made


def send_back(
    *, actor: Actor, cycle_id: int, party: Layer, why: str, account_id: int | None = None
) -> SignOff:
    """Give what was handed in back to its author, with a reason.

    Directors send back their team's accounts, who runs the cycle any line.
    """
    if not why.strip():
        raise Invalid(_("Say why."), code="why", fields={"why": _("Say why.")})
    with transaction.atomic():
        row = row_to_write(actor, cycle_id, "forecasting.edit")
        _in_state(row, CycleState.OPEN, CycleState.SUBMITTED, CycleState.REVIEW)
        if not (actor.can("forecasting.run") or actor.scope_of("forecast", "a")):
            raise NotAllowed(_("Who leads or runs the cycle sends back."), code="not_leader")
        if account_id is not None:
            _accounts(actor, row, [account_id])
        given = submitted(stored_signs(models.SignOffRow.objects.filter(cycle=row)))
        if (party, account_id) not in given:
            raise Conflict(_("This was not handed in, or is back already."), code="not_submitted")
        (made,) = _say(actor, row, party, Stance.RETURNED, [account_id], why)
        _follow(actor, row)
        tell(actor, row, "send_back", None, {"party": party.value}, why=why, account_id=account_id)
    return made


def sign_off(
    *,
    actor: Actor,
    cycle_id: int,
    agree: bool = True,
    party: Layer | None = None,
    note: str = "",
) -> SignOff:
    """Say yes or no to the whole as it stands, in the review; a no needs a reason.

    For the account managers their head signs. A later override asks for a new signature.
    """
    if not agree and not note.strip():
        raise Invalid(_("Say why."), code="why", fields={"note": _("Say why.")})
    with transaction.atomic():
        row = row_to_write(actor, cycle_id, "forecasting.edit")
        _in_state(row, CycleState.REVIEW)
        speaks = _party(actor, party)
        if speaks is Layer.ACCOUNT_MANAGER and not (
            actor.system or actor.scope_of("forecast", "a")
        ):
            raise NotAllowed(_("The head of sales signs for the account managers."), code="head")
        stance = Stance.SIGNED if agree else Stance.OBJECTED
        (made,) = _say(actor, row, speaks, stance, [None], note)
        tell(actor, row, "sign", None, {"party": speaks.value, "stance": stance.value}, why=note)
    return made


def require_not_submitted(row: models.CycleRow, layer: Layer, accounts: Iterable[int]) -> None:
    """Raise Conflict where the layer was handed in for one of the accounts."""
    if layer not in PARTIES:
        return
    given = submitted(stored_signs(models.SignOffRow.objects.filter(cycle=row, party=layer.value)))
    closed = (layer, None) in given and row.state != CycleState.REVIEW.value
    if closed or any((layer, one) in given for one in accounts):
        raise Conflict(
            _("This was handed in."), code="submitted",
            hint=_("Ask your head, or who runs the cycle, to send it back."),
        )  # fmt: skip


def _party(actor: Actor, party: Layer | None) -> Layer:
    speaks = layer_to_write(actor.roles, party, system=actor.system)
    if speaks not in PARTIES:
        raise NotAllowed(_("Nobody signs for this line."), code="party")
    return speaks


def _accounts(
    actor: Actor, row: models.CycleRow, wanted: Collection[int] | None
) -> list[int | None]:
    """Return the accounts of the run that the actor may read: all, or those asked for."""
    there = set(
        models.RunSeries.objects.filter(run_id=row.run_id)
        .values_list("account_id", flat=True)
        .distinct()
    )  # fmt: skip
    scope = scope_for(actor, name="forecast")
    seen = there if scope.everything else there & scope.account_ids
    if wanted is not None and set(wanted) - seen:
        raise NotFound(_("Nothing is forecast here."), code="account_not_found")
    found = sorted(seen if wanted is None else set(wanted))
    if not found:
        raise Conflict(_("There is nothing to hand in yet."), code="nothing_to_submit")
    return list(found)


def _say(
    actor: Actor,
    row: models.CycleRow,
    party: Layer,
    stance: Stance,
    accounts: Iterable[int | None],
    note: str,
) -> tuple[SignOff, ...]:
    stamp, now = newest_override(row.pk), timezone.now()
    rows = [
        models.SignOffRow(
            cycle=row, party=party.value, stance=stance.value, account_id=one, stamp=stamp,
            note=note.strip()[:400], at=now, by_id=actor.user_id,
        )
        for one in accounts
    ]  # fmt: skip
    for made in rows:
        made.save(force_insert=True)
    return tuple(as_sign(made) for made in rows)


def _follow(actor: Actor, row: models.CycleRow) -> None:
    """Move between open and submitted as the last party hands in, or one gets it back."""
    given = submitted(stored_signs(models.SignOffRow.objects.filter(cycle=row)))
    accounts = models.RunSeries.objects.filter(run_id=row.run_id)
    ids = set(accounts.values_list("account_id", flat=True).distinct())
    whole = all(
        (Layer(party), None) in given
        or (
            party == Layer.ACCOUNT_MANAGER.value
            and bool(ids)
            and all((Layer.ACCOUNT_MANAGER, one) in given for one in ids)
        )
        for party in row.parties
    )
    if whole and row.state == CycleState.OPEN.value:
        step(row, CycleState.SUBMITTED)
    elif not whole and row.state == CycleState.SUBMITTED.value:
        step(row, CycleState.OPEN)
    row.save_checked(actor)


def _in_state(row: models.CycleRow, *states: CycleState) -> None:
    if row.state not in {state.value for state in states} or row.lock_request is not None:
        raise Conflict(
            _("The cycle stands elsewhere by now. Open it again."), code="state", state=row.state
        )
