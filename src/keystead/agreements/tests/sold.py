"""A house that sells: accounts below an account, invoices, an agreement in force over 2025."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from keystead.accounts import services as accounts
from keystead.accounts.queries import account_for
from keystead.agreements import models
from keystead.agreements.calc.written import written
from keystead.agreements.queries.agreements import frozen_content
from keystead.agreements.tests.factories import D, draft, now, terms
from keystead.agreements.types import Agreement, AgreementState, Condition
from keystead.governance.rules.approvals import content_hash
from keystead.kit.access import SYSTEM, Actor
from keystead.metrics.tests import room
from keystead.metrics.tests.worlds import day

SPAN = {"starts": date(2025, 1, 1), "last": date(2025, 12, 31)}


@pytest.fixture
def house(kam, settings, tmp_path):
    """An account of the manager with a shop below it, one beside it, and two products."""
    settings.KEYSTEAD_HOME = tmp_path / "home"
    ids = {"jd": room.account("JD", kam), "shop": room.account("SHOP", kam)}
    ids["else"] = room.account("ELSE", kam)
    accounts.add_membership(
        actor=SYSTEM, group_id=ids["jd"], member_id=ids["shop"], valid_from=date(2020, 1, 1)
    )
    ids["p"], ids["q"] = room.product("P1", brand="Acu"), room.product("Q1", brand="Bio")
    return ids


def sell(house: dict[str, int], *rows: tuple[Any, ...], source: str = "erp") -> None:
    """Post invoice lines: who, what, day, value and perhaps more columns; a unit is worth 10."""
    room.post(
        "sell_in",
        [
            {"account_id": house[who], "product_id": house[what], "date": day(on),
             "quantity": D(value) / 10, "value": D(value), "is_return": D(value) < 0,
             "doc_no": f"I-{place}", **(more[0] if more else {})}
            for place, (who, what, on, value, *more) in enumerate(rows)
        ],
        source=source,
    )  # fmt: skip


def agreed(kam: Actor, house: dict[str, int], *conditions: Condition, **changes: Any) -> Agreement:
    """Return a draft of the account, over 2025 unless told otherwise."""
    wanted = changes.pop("terms", None) or (terms(conditions=conditions) if conditions else terms())
    return draft(kam, account_for(kam, house["jd"]), terms=wanted, **{**SPAN, **changes})


def active(kam: Actor, house: dict[str, int], *conditions: Condition, **changes: Any) -> Agreement:
    """Return an agreement in force: signed as the services sign it, without the approvals."""
    found = agreed(kam, house, *conditions, **changes)
    version = models.AgreementVersion.objects.get(agreement_id=found.id)
    row = models.Agreement.objects.get(pk=found.id)
    frozen = models.SignedTerms(
        version=version, starts=version.starts, ends=row.ends, currency=row.currency,
        terms=version.terms, approved_hash="", signed_on=version.starts,
        frozen_at=timezone.now(),
    )  # fmt: skip
    frozen.content_hash = content_hash(frozen_content(frozen))
    frozen.save(force_insert=True)
    models.AgreementVersion.objects.filter(pk=version.pk).update(
        terms={}, state=AgreementState.ACTIVE.value
    )
    models.Agreement.objects.filter(pk=found.id).update(state=AgreementState.ACTIVE.value)
    return now(found.id)


def amended(one: Agreement, starts: date, *conditions: Condition, **changes: Any) -> Agreement:
    """Return the agreement with one more version in force from a day on, signed as above."""
    head = models.Agreement.objects.get(pk=one.id)
    version = models.AgreementVersion.objects.create(
        agreement=head, number=one.versions[-1].number + 1, starts=starts,
        state=AgreementState.ACTIVE.value, terms={}, reason="Amended",
    )  # fmt: skip
    frozen = models.SignedTerms(
        version=version, starts=starts, ends=head.ends, currency=head.currency,
        terms=written(terms(conditions=conditions, **changes)), approved_hash="",
        signed_on=starts, frozen_at=timezone.now(),
    )  # fmt: skip
    frozen.content_hash = content_hash(frozen_content(frozen))
    frozen.save(force_insert=True)
    return now(one.id)
