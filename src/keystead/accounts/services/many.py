"""Create many accounts at once, as an import does that meets thousands of new customers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts import models
from keystead.accounts.rules import clean_account, identifier_key
from keystead.accounts.services.accounts import AccountValues, owner_among
from keystead.accounts.services.loading import lock_tree, search_key
from keystead.accounts.services.team import user_for_team
from keystead.accounts.types import Scheme, TeamRole
from keystead.kernel.errors import Invalid
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.kit.models import insert_all


def create_accounts(
    *,
    actor: Actor,
    rows: Iterable[AccountValues],
    owner_id: int | None = None,
    source: str = "",
) -> tuple[int, ...]:
    """Return the ids of new accounts, in the order given; needs ``accounts.edit``.

    All are written or none, each with a row of the trail and an owner as ``create_account`` would
    give it, in one transaction and a few statements. Raises Invalid with ``fields`` when a field
    is wrong, or a code is taken or given twice.
    """
    actor.require("accounts.edit")
    owner_id = owner_among(actor, owner_id)
    clean = [clean_account(dict(values), whole=True) for values in rows]
    with transaction.atomic():
        lock_tree()
        _check_codes([values["code"] for values in clean])
        accounts = [models.Account(**values) for values in clean]
        for account in accounts:
            account.search_key = search_key(account)
        insert_all(actor, accounts)
        owner = _own(actor, accounts, owner_id)
        audit.record_all(
            actor=actor,
            rows=(
                audit.Told(
                    action="account.create",
                    subject=("account", account.pk),
                    new=account.snapshot() | owner,
                    account_id=account.pk,
                    source=source,
                )
                for account in accounts
            ),
        )
    return tuple(account.pk for account in accounts)


def _own(actor: Actor, accounts: Sequence[models.Account], owner_id: int | None) -> dict[str, str]:
    """Put an owner into the team of each account; return what the trail says of it."""
    if owner_id is None:
        return {}
    owner, today = user_for_team(owner_id), timezone.localdate()
    insert_all(
        actor,
        [
            models.AccountTeamMember(
                account=account, user=owner, role=TeamRole.OWNER, valid_from=today
            )
            for account in accounts
        ],
    )
    return {"owner": owner.username}


def _check_codes(codes: Sequence[str]) -> None:
    """Raise Invalid when a code is taken, now or as an earlier code, or occurs twice."""
    taken = {code.casefold() for code in models.Account.objects.values_list("code", flat=True)}
    earlier = set(
        models.AccountIdentifier.objects.filter(scheme=Scheme.OWN_CODE).values_list(
            "value_key", flat=True
        )
    )
    for code in codes:
        if code.casefold() in taken or identifier_key(Scheme.OWN_CODE, code) in earlier:
            text = _("The code %(code)s is taken by another account.") % {"code": code}
            raise Invalid(
                text,
                code="account_code_taken",
                hint=_("If it is the same customer, use that account, or merge the two."),
                fields={"code": text},
            )
        taken.add(code.casefold())
