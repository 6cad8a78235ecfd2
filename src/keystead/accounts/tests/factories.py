"""Accounts for tests, made through the services."""

from __future__ import annotations

from keystead.accounts import services
from keystead.accounts.types import Account
from keystead.kit.access import SYSTEM, Actor


def account(actor: Actor = SYSTEM, code: str = "JD", **values: str) -> Account:
    """Store an account; the actor becomes its owner unless they see all accounts."""
    given = {"name": f"Account {code}", "kind": "platform", **values}
    return services.create_account(actor=actor, code=code, **given)


def shared_with(account: Account, *actors: Actor) -> Account:
    """Put the actors into the account's team as members."""
    for actor in actors:
        services.assign_team(actor=SYSTEM, account_id=account.id, user_id=actor.user_id)
    return account
