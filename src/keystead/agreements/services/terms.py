"""Write parts of what is not signed yet: a condition, prices, limits, clauses."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from django.db import transaction

from keystead.agreements import models
from keystead.agreements.calc.written import read, written
from keystead.agreements.queries.agreements import stored
from keystead.agreements.services.loading import (
    check,
    condition_in,
    draft_of,
    keep,
    row_to_write,
    told,
    with_author,
    working_row,
    write_state,
)
from keystead.agreements.services.writing import editable, row_to_write_now, working_span
from keystead.agreements.types import Agreement, AgreementState, Baseline, Condition, Terms
from keystead.kit.access import Actor


def save_terms(
    *, actor: Actor, agreement_id: int, expected_version: int, **changes: Any
) -> Agreement:
    """Change parts of the terms of what is not signed yet, by their names in ``Terms``.

    ``prices``, ``targets``, ``clauses``, ``scope``, ``cap``, ``floor``, ``gates``, ``exclusive``,
    ``share_of_wallet_pct``, ``baselines``, ``conditions``. An approval is lost by that. Raises
    Invalid with sentences and places, Conflict when somebody saved in between; one audit row.
    """
    return _save(
        actor, agreement_id, expected_version, lambda terms: dataclasses.replace(terms, **changes)
    )


def save_condition(
    *,
    actor: Actor,
    agreement_id: int,
    expected_version: int,
    condition: Condition,
    replaces: str = "",
    baselines: tuple[Baseline, ...] | None = None,
) -> Agreement:
    """Add a condition to what is not signed yet, or put it in the place of ``replaces``.

    ``baselines`` stand for all those of the version where given: what growth counts from is
    typed with the condition, and saved with it or not at all.
    """

    def change(terms: Terms) -> Terms:
        if replaces:
            condition_in(terms, replaces)
            kept = tuple(condition if one.key == replaces else one for one in terms.conditions)
        else:
            kept = (*terms.conditions, condition)
        held = terms.baselines if baselines is None else baselines
        return dataclasses.replace(terms, conditions=kept, baselines=held)

    return _save(actor, agreement_id, expected_version, change, condition.key)


def remove_condition(
    *, actor: Actor, agreement_id: int, expected_version: int, key: str
) -> Agreement:
    """Take a condition out of what is not signed yet, with a baseline that only it named."""

    def change(terms: Terms) -> Terms:
        gone = condition_in(terms, key)
        kept = tuple(one for one in terms.conditions if one is not gone)
        named = {one.baseline for one in kept}
        held = tuple(one for one in terms.baselines if one.key in named or one.key != gone.baseline)
        return dataclasses.replace(terms, conditions=kept, baselines=held)

    return _save(actor, agreement_id, expected_version, change)


def _save(
    actor: Actor,
    agreement_id: int,
    expected: int,
    change: Callable[[Terms], Terms],
    written_now: str = "",
) -> Agreement:
    wanted = change(_working_terms(actor, agreement_id))
    seen = row_to_write_now(actor, agreement_id)
    effective = working_span(seen)
    draft = draft_of(wanted, seen.currency, effective, seen.pk)
    check(actor, draft, account_id=seen.account_id, written_now=written_now)
    with transaction.atomic():
        row = row_to_write(actor, agreement_id)
        version, old = working_row(row), told(row)
        editable(version)
        version.terms = written(wanted)
        with_author(version, actor)
        write_state(row, version, AgreementState.DRAFT)
        keep(actor, row, "edit", old, expected=expected)
    return stored(row)


def _working_terms(actor: Actor, agreement_id: int) -> Terms:
    with transaction.atomic():
        row: models.Agreement = row_to_write(actor, agreement_id)
        return read(Terms, working_row(row).terms)
