"""What stops claims of a list (rule R-25), with one look for all of them."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.db.models import Sum

from keystead.accounts.queries import account_dimension
from keystead.agreements import models
from keystead.agreements.calc.claims import duplicate_of
from keystead.agreements.queries.claims import as_claim
from keystead.agreements.types import Claim, ClaimFlag, ClaimState

ASKED = frozenset({ClaimState.MATCHED, ClaimState.VALIDATED, ClaimState.UNMATCHED})


def flags_of(claims: Iterable[Claim]) -> Mapping[int, tuple[ClaimFlag, ...]]:
    """Return the flags of open claims by id; without a flag an id is not there.

    One repeats an earlier claim, or asks for more than the accruals it is set against. The
    caller came through the claims' door.
    """
    listed = [one for one in claims if one.is_open]
    if not listed:
        return {}
    table = account_dimension().select(["account_id", "canonical_id"])
    heads = {row["account_id"]: row["canonical_id"] for row in table.to_pylist()}
    wanted = {heads.get(one.account_id, one.account_id) for one in listed}
    family = [pk for pk, head in heads.items() if head in wanted] or list(wanted)
    rows = models.Claim.objects.filter(account_id__in=family)
    earlier: dict[int, list[Claim]] = defaultdict(list)
    for row in rows.exclude(state=ClaimState.REJECTED.value).order_by("id"):
        head = heads.get(row.account_id, row.account_id)
        earlier[head].append(dataclasses.replace(as_claim(row), account_id=head))
    sums = models.ClaimMatch.objects.filter(claim_id__in=[one.id for one in listed])
    held = dict(sums.order_by().values_list("claim_id").annotate(held=Sum("amount")))
    found = {}
    for one in listed:
        head = heads.get(one.account_id, one.account_id)
        alike = dataclasses.replace(one, account_id=head)
        flags = []
        if duplicate_of(alike, earlier[head]) is not None:
            flags.append(ClaimFlag.DUPLICATE)
        asked = (one.proposed or one.amount).amount
        if one.state in ASKED and asked > held.get(one.id, Decimal(0)):
            flags.append(ClaimFlag.OVER_ACCRUAL)
        if flags:
            found[one.id] = tuple(flags)
    return found
